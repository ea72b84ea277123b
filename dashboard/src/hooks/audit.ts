/** What people, keys and workers changed. */
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { dataOf, supabase } from "@/lib/supabase";

/** The last lines of the audit log, newest first; live. Only those whose role may read it get any. */
export function useRecentAudit(most: number, enabled: boolean) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["audit", id, "recent", most],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("audit_log")
          .select("id, sequence, occurred_at, actor_type, action, target_type, target_id")
          .eq("organization_id", id)
          .order("sequence", { ascending: false })
          .limit(most)
          .abortSignal(signal),
      ),
    refetchInterval: every(LIST_MS),
    enabled,
  });
}
