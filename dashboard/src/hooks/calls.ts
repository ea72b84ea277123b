/** Calls to providers, as they were recorded: redacted before they were stored. */
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS, WAITING_MS } from "@/lib/live";
import { dataOf, type Row, supabase } from "@/lib/supabase";

export type Call = Row<"integration_logs">;

/** Whose calls: an operation's, or, where there is none, a connection's within a while. */
export type CallsOf = { operationId: string } | { connectionId: string; since: string };

const WHILE_MS = 60_000;
const MOST = 100;

/** The calls, oldest first; looked at again quickly as long as `live`. */
export function useCalls(of: CallsOf | null, live: boolean) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["calls", id, of],
    queryFn: ({ signal }) => {
      let query = supabase().from("integration_logs").select("*").eq("organization_id", id);
      if (of && "operationId" in of) query = query.eq("operation_id", of.operationId);
      if (of && "since" in of) {
        const until = new Date(new Date(of.since).getTime() + WHILE_MS).toISOString();
        query = query.eq("connection_id", of.connectionId).gte("occurred_at", of.since).lt("occurred_at", until);
      }
      return dataOf(query.order("occurred_at").order("attempt").limit(MOST).abortSignal(signal));
    },
    enabled: of !== null,
    refetchInterval: live ? every(WAITING_MS) : false,
  });
}

/** Which requests a connection has sent lately: what a fault can be meant for. */
export function useKnownRequests(connectionId: string | null) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["calls", id, "known", connectionId],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("integration_logs")
          .select("operation, method, url, provider_key")
          .eq("organization_id", id)
          .eq("connection_id", connectionId ?? "")
          .order("occurred_at", { ascending: false })
          .limit(MOST)
          .abortSignal(signal),
      ),
    enabled: connectionId !== null,
    refetchInterval: every(LIST_MS), // a run sends what was not known before it
  });
}
