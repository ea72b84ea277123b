/** The record of processing: what for, where to, which law; and breaches. */
import { useQuery } from "@tanstack/react-query";
import { z } from "zod/mini";
import { useOrganization } from "@/app/organization";
import { every, FIGURES_MS } from "@/lib/live";
import { dataOf, type Row, rpc, supabase } from "@/lib/supabase";
import { useChange } from "./change";

export type Purpose = Row<"processing_purposes">;
export type Transfer = Row<"data_transfers">;
export type Breach = Row<"data_breaches">;
export type PrivacySettings = Row<"privacy_settings">;

export const BASES = [
  "consent",
  "contract",
  "legal_obligation",
  "public_interest",
  "vital_interest",
  "legal_claims",
  "made_public",
  "legitimate_interest",
] as const;
export const TRANSFER_BASES = [
  "within_country",
  "adequate_country",
  "contract_clauses",
  "explicit_consent",
  "contract_performance",
  "legal_claims",
  "judicial_cooperation",
  "public_interest",
] as const;
export const JURISDICTIONS = ["uae", "difc", "adgm", "gdpr"] as const;
export type Jurisdiction = (typeof JURISDICTIONS)[number];

const key = (organizationId: string) => ["processing", organizationId] as const;

const registerSchema = z.object({
  consents: z.record(z.string(), z.number()),
  recipients: z.array(
    z.object({
      provider: z.string(),
      name: z.string(),
      category: z.string(),
      environments: z.array(z.enum(["sandbox", "live"])),
      verified: z.boolean(),
    }),
  ),
  made_at: z.string(),
});
export type Recipient = z.infer<typeof registerSchema>["recipients"][number];

/** The register; `whole` is all of it as the hub tells it, for keeping. */
export function useRegister() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...key(id), "register"],
    queryFn: async ({ signal }) => {
      const whole = await rpc("processing_register", { organization_id: id }, signal);
      return { ...registerSchema.parse(whole), whole };
    },
    refetchInterval: every(FIGURES_MS),
  });
}

/** All purposes, by their keys, those that are over too. */
export function useAllPurposes() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...key(id), "purposes"],
    queryFn: ({ signal }) =>
      dataOf(
        supabase().from("processing_purposes").select("*").eq("organization_id", id).order("key").abortSignal(signal),
      ),
  });
}

export type PurposeFields = Pick<
  Purpose,
  | "title"
  | "description"
  | "lawful_basis"
  | "data_categories"
  | "subject_categories"
  | "access_by"
  | "security"
  | "impact_assessment"
  | "active"
>;

/** Write a purpose down, or change it; a key stays as it is. */
export function useSavePurpose() {
  const { id: organizationId } = useOrganization();
  return useChange(
    key(organizationId),
    ({ id, key: name, ...fields }: PurposeFields & { id: string | null; key: string }) =>
      dataOf(
        id === null
          ? supabase()
              .from("processing_purposes")
              .insert({ ...fields, key: name, organization_id: organizationId })
              .select("id")
              .single()
          : supabase().from("processing_purposes").update(fields).eq("id", id).select("id").single(),
      ),
  );
}

/** Where providers process data, by provider. */
export function useTransfers() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...key(id), "transfers"],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("data_transfers")
          .select("*")
          .eq("organization_id", id)
          .order("provider_key")
          .order("country")
          .abortSignal(signal),
      ),
  });
}

export type TransferFields = Pick<Transfer, "country" | "basis" | "source" | "agreement_url" | "reviewed_on">;

export function useSaveTransfer() {
  const { id: organizationId } = useOrganization();
  return useChange(
    key(organizationId),
    ({ id, provider_key, ...fields }: TransferFields & { id: string | null; provider_key: string }) =>
      dataOf(
        id === null
          ? supabase()
              .from("data_transfers")
              .insert({ ...fields, provider_key, organization_id: organizationId })
              .select("id")
              .single()
          : supabase().from("data_transfers").update(fields).eq("id", id).select("id").single(),
      ),
  );
}

export function useRemoveTransfer() {
  const { id } = useOrganization();
  return useChange(key(id), (transferId: string) =>
    dataOf(supabase().from("data_transfers").delete().eq("id", transferId).select("id").single()),
  );
}

/** Breaches, the one that became known last first. Only admins read them. */
export function useBreaches(enabled: boolean) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...key(id), "breaches"],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("data_breaches")
          .select("*")
          .eq("organization_id", id)
          .order("known_at", { ascending: false })
          .abortSignal(signal),
      ),
    refetchInterval: every(FIGURES_MS),
    enabled,
  });
}

export type BreachFields = Pick<
  Breach,
  | "title"
  | "known_at"
  | "occurred_at"
  | "nature"
  | "causes"
  | "data_categories"
  | "approximate_subjects"
  | "approximate_records"
  | "effects"
  | "measures"
  | "endangers_subjects"
>;
type BreachNews = Pick<Breach, "authority_notified_at" | "authority_reference" | "subjects_notified_at" | "closed_at">;

/** Write a breach down; the clock for telling the authority begins when it became known. */
export function useReportBreach() {
  const { id } = useOrganization();
  return useChange(key(id), (fields: BreachFields) =>
    dataOf(
      supabase()
        .from("data_breaches")
        // The deadline is the database's to set.
        .insert({ ...fields, organization_id: id } as never)
        .select("id")
        .single(),
    ),
  );
}

export function useUpdateBreach() {
  const { id: organizationId } = useOrganization();
  return useChange(key(organizationId), ({ id, ...changes }: { id: string } & Partial<BreachFields & BreachNews>) =>
    dataOf(supabase().from("data_breaches").update(changes).eq("id", id).select("id").single()),
  );
}

/** Where a breach stands: `due`: the authority is still to be told. */
export function breachState(breach: Pick<Breach, "closed_at" | "authority_notified_at">): "closed" | "told" | "due" {
  if (breach.closed_at !== null) return "closed";
  return breach.authority_notified_at === null ? "due" : "told";
}

export function usePrivacySettings() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...key(id), "settings"],
    queryFn: ({ signal }): Promise<PrivacySettings> =>
      dataOf(supabase().from("privacy_settings").select("*").eq("organization_id", id).abortSignal(signal).single()),
  });
}

export function useUpdatePrivacySettings() {
  const { id } = useOrganization();
  return useChange(key(id), (changes: Partial<Omit<PrivacySettings, "organization_id" | "updated_at">>) =>
    dataOf(
      supabase().from("privacy_settings").update(changes).eq("organization_id", id).select("organization_id").single(),
    ),
  );
}
