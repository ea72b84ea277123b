/** News from the database, where the server has Supabase Realtime: what is shown of a changed table is read again at once. */
import { useEffect } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { configQuery } from "@/lib/config";
import { supabase } from "@/lib/supabase";

/** Tables that tell (supabase/migrations/…_live.sql), and what the keys of queries of them begin with. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  alerts: ["alerts", "incidents"],
  automation_runs: ["automations"],
  events: ["events"],
  integration_connections: ["connections", "connection", "gateways", "networks", "marketing", "shipping_providers"],
  leads: ["leads"],
  operations: ["operations", "operation"],
  payments: ["payments", "settlement"],
  shipments: ["shipments", "handover"],
  social_posts: ["posts", "comments"],
  webhook_deliveries: ["webhook_deliveries", "webhook_backlog"],
  webhook_events: ["webhook_events", "webhook_backlog", "webhook arrivals"],
};
/** Much may change in an instant; pages read it once. */
const GATHER_MS = 500;

/** Listen as long as an organization is open. Elsewhere, and as a net beneath this, pages ask now and then (lib/live.ts). */
export function useChanges(): void {
  const { id } = useOrganization();
  const client = useQueryClient();
  const config = useQuery(configQuery);
  const isTold = config.data?.realtime ?? false;
  useEffect(() => {
    if (!isTold) return;
    const changed = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const readAgain = () => {
      timer = undefined;
      const begin = new Set([...changed].flatMap((table) => SHOWN[table] ?? []));
      changed.clear();
      void client.invalidateQueries({
        predicate: ({ queryKey }) => begin.has(String(queryKey[0])),
        // Who does not look is not asked for; what is stale is read when they come back.
        refetchType: document.hidden ? "none" : "active",
      });
    };
    const channel = supabase()
      .channel(`organization:${id}`, { config: { private: true } })
      .on("broadcast", { event: "changed" }, ({ payload }: { payload?: { table?: string } }) => {
        if (payload?.table === undefined) return;
        changed.add(payload.table);
        timer ??= setTimeout(readAgain, GATHER_MS);
      });
    // A private channel is joined with the session's token.
    void supabase()
      .realtime.setAuth()
      .then(() => channel.subscribe());
    return () => {
      clearTimeout(timer);
      void supabase().removeChannel(channel);
    };
  }, [client, id, isTold]);
}
