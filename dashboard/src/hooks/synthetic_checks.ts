/** Capabilities of connections that are tried by schedule. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { dataOf, type Row, supabase } from "@/lib/supabase";

export type SyntheticCheck = Row<"synthetic_checks">;

/** What can be tried without effect. */
export const TRIED = [
  "lists_payments",
  "quotes_rates",
  "lists_accounts",
  "keeps_contacts",
  "keeps_deals",
  "lists_audiences",
  "lists_campaigns",
] as const;
export type Tried = (typeof TRIED)[number];

export const checkKeys = { all: (organizationId: string) => ["synthetic_checks", organizationId] as const };

/** All checks of the organization; live. */
export function useSyntheticChecks() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: checkKeys.all(id),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("synthetic_checks")
          .select("*, connection:integration_connections!inner(name, environment, provider_key)")
          .eq("organization_id", id)
          .order("created_at")
          .abortSignal(signal),
      ),
    refetchInterval: every(LIST_MS),
  });
}

/** Have a capability tried from now on. */
export function useAddCheck() {
  const { id } = useOrganization();
  return useChange((check: Pick<SyntheticCheck, "connection_id" | "capability" | "interval_seconds">) =>
    dataOf(
      supabase()
        .from("synthetic_checks")
        .insert({ ...check, organization_id: id })
        .select()
        .single(),
    ),
  );
}

/** Change a check: switch it on or off, or try it at another interval. */
export function useSetCheck() {
  return useChange(
    ({ id, ...changes }: { id: string } & Partial<Pick<SyntheticCheck, "enabled" | "interval_seconds">>) =>
      dataOf(supabase().from("synthetic_checks").update(changes).eq("id", id).select().single()),
  );
}

/** Do not try it any more. */
export function useRemoveCheck() {
  return useChange((id: string) => dataOf(supabase().from("synthetic_checks").delete().eq("id", id).select()));
}

function useChange<A, R>(mutationFn: (args: A) => Promise<R>) {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: checkKeys.all(id) }) });
}
