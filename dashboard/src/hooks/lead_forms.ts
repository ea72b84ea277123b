/** Forms of web sites, by which leads come in. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { configQuery } from "@/lib/config";
import { every, LIST_MS } from "@/lib/live";
import { type Arguments, dataOf, type Row, rpc, supabase } from "@/lib/supabase";

export const FIELD_TYPES = ["email", "phone", "text", "choice", "checkbox", "hidden"] as const;

/** A question of a form. */
export interface FormField {
  name: string;
  type: (typeof FIELD_TYPES)[number];
  label?: string;
  required?: boolean;
  choices?: string[];
  /** The lead's field or attribute that the answer becomes; its name if left out. */
  maps_to?: string;
}

export type LeadForm = Omit<Row<"lead_forms">, "fields"> & { fields: FormField[] };

const formsKey = (organizationId: string) => ["lead_forms", organizationId] as const;
const MOST = 200;

/** The organization's forms, newest first; live. */
export function useLeadForms() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: formsKey(id),
    queryFn: async ({ signal }): Promise<LeadForm[]> => {
      const rows = await dataOf(
        supabase()
          .from("lead_forms")
          .select("*")
          .eq("organization_id", id)
          .order("created_at", { ascending: false })
          .limit(MOST)
          .abortSignal(signal),
      );
      return rows as unknown as LeadForm[];
    },
    refetchInterval: every(LIST_MS),
  });
}

/** Where forms are sent to, before the form's token; undefined while it is not known. */
export function useFormsAddress(): string | undefined {
  const { data } = useQuery(configQuery);
  return data && `${data.url}/functions/v1/forms/`;
}

/** What the form's dialog says; `id` of one that is there. */
export interface FormDraft {
  id: string | null;
  form: Omit<Arguments<"create_lead_form">, "organization_id">;
}

/** Make a form, or change one; what is left out stays. */
export function useSaveLeadForm() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: (draft: FormDraft) =>
      draft.id === null
        ? rpc("create_lead_form", { ...draft.form, organization_id: id })
        : rpc("update_lead_form", { ...draft.form, form_id: draft.id }),
    onSuccess: () => client.invalidateQueries({ queryKey: formsKey(id) }),
  });
}

/** Have a form taken, or no longer. */
export function useEnableLeadForm() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: (args: { form_id: string; enabled: boolean }) => rpc("update_lead_form", args),
    onSuccess: () => client.invalidateQueries({ queryKey: formsKey(id) }),
  });
}
