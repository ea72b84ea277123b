/** How leads go to the tools that keep contacts and come from there; how many stand how at each. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, FIGURES_MS, LIST_MS } from "@/lib/live";
import { type Arguments, countOf, dataOf, type Row, rpc, supabase } from "@/lib/supabase";
import { leadKeys, type LinkStatus } from "./leads";

export type LeadSync = Row<"lead_syncs">;

const syncsKey = (organizationId: string) => ["lead_syncs", organizationId] as const;

/** The synchronization of each connection that has one, by the connection's id; live. */
export function useLeadSyncs() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: syncsKey(id),
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, LeadSync>> => {
      const rows = await dataOf(
        supabase().from("lead_syncs").select("*").eq("organization_id", id).abortSignal(signal),
      );
      return new Map(rows.map((row) => [row.connection_id, row]));
    },
    refetchInterval: every(LIST_MS),
  });
}

/** Have leads synchronized with a connection; what is left out stays. */
export function useSetLeadSync() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: (args: Arguments<"set_lead_sync">) => rpc("set_lead_sync", args),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: syncsKey(id) }),
        client.invalidateQueries({ queryKey: leadKeys.all(id) }),
        client.invalidateQueries({ queryKey: ["streams", id] }),
      ]),
  });
}

/** Those that are shown; people who are forgotten are none of the tool's any more. */
export const COUNTED = ["synced", "pending", "failed", "skipped"] as const satisfies readonly LinkStatus[];
export type LinkCounts = Record<(typeof COUNTED)[number], number>;

/** How many leads stand how at a tool; live. */
export function useLinkCounts(connectionId: string, wanted: boolean) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: leadKeys.counts(id, connectionId),
    enabled: wanted,
    queryFn: async ({ signal }): Promise<LinkCounts> => {
      const count = (status: LinkStatus) =>
        countOf(
          supabase()
            .from("lead_links")
            .select("lead_id", { count: "exact", head: true })
            .eq("organization_id", id)
            .eq("connection_id", connectionId)
            .eq("status", status)
            .abortSignal(signal),
        );
      const counts = await Promise.all(COUNTED.map(async (status) => [status, await count(status)] as const));
      return Object.fromEntries(counts) as LinkCounts;
    },
    refetchInterval: every(FIGURES_MS),
  });
}
