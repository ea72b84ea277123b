/** What happened, as it is told to automations and subscriptions. */
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { dataOf, supabase } from "@/lib/supabase";
import type { Environment } from "./connections";

/** The last events, newest first; live. */
export function useRecentEvents(most: number, environment: Environment | null) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["events", id, "recent", most, environment],
    queryFn: ({ signal }) => {
      let query = supabase()
        .from("events")
        .select("id, type, subject_type, subject_id, environment, created_at")
        .eq("organization_id", id);
      if (environment) query = query.eq("environment", environment);
      return dataOf(query.order("created_at", { ascending: false }).limit(most).abortSignal(signal));
    },
    refetchInterval: every(LIST_MS),
  });
}
