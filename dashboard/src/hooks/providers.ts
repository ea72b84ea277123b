/** The catalog: what can be connected, and what each provider asks for. */
import { useQuery } from "@tanstack/react-query";
import { z } from "zod/mini";
import { dataOf, type Row, supabase } from "@/lib/supabase";

/** One question of the connect form, as the provider's manifest asks it. */
export interface ProviderField {
  name: string;
  label: string;
  help: string;
  type: "secret" | "text" | "choice" | "integer" | "boolean";
  required: boolean;
  placeholder?: string | undefined;
  default?: string | number | boolean | null | undefined;
  choices?: string[] | undefined;
  /** Comes by the consent at the provider; nobody is asked for it. */
  by_consent: boolean;
}

type Plain = "key" | "name" | "category" | "description" | "capabilities" | "documentation_url" | "consent" | "enabled";

export interface Provider extends Pick<Row<"integration_providers">, Plain> {
  credential_fields: ProviderField[];
  settings_fields: ProviderField[];
}

const fieldSchema = z.object({
  name: z.string(),
  label: z.string(),
  help: z.catch(z.string(), ""),
  type: z.enum(["secret", "text", "choice", "integer", "boolean"]),
  required: z.boolean(),
  placeholder: z.optional(z.string()),
  default: z.optional(z.nullable(z.union([z.string(), z.number(), z.boolean()]))),
  choices: z.optional(z.array(z.string())),
  by_consent: z.catch(z.boolean(), false),
});

/** All providers, by name; they change only with the hub itself. */
export function useProviders() {
  return useQuery({ queryKey: ["providers"], queryFn: ({ signal }) => fetchProviders(signal), staleTime: Infinity });
}

async function fetchProviders(signal: AbortSignal): Promise<Provider[]> {
  const rows = await dataOf(
    supabase()
      .from("integration_providers")
      .select(
        "key, name, category, description, capabilities, documentation_url, consent, enabled, credential_fields, settings_fields",
      )
      .order("name")
      .abortSignal(signal),
  );
  return rows.map((row) => ({
    ...row,
    credential_fields: z.array(fieldSchema).parse(row.credential_fields),
    settings_fields: z.array(fieldSchema).parse(row.settings_fields),
  }));
}
