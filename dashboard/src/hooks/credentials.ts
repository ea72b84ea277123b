/** What may be known of a connection's credentials without opening them. */
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, FIGURES_MS } from "@/lib/live";
import { type Answer, dataOf, rpc, supabase } from "@/lib/supabase";

const MOST_ROWS = 1000;

/** By name. */
export function useCredentials(connectionId: string | null) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["credentials", id, connectionId],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("api_credentials")
          .select("id, name, hint, version, updated_at, last_used_at")
          .eq("organization_id", id)
          .eq("connection_id", connectionId ?? "")
          .order("name")
          .abortSignal(signal),
      ),
    enabled: connectionId !== null,
  });
}

/** All credentials of connections that are not cut, the oldest first. */
export function useAllCredentials() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["credentials", id, "all"],
    queryFn: async ({ signal }) => {
      const read = (from: number) =>
        dataOf(
          supabase()
            .from("api_credentials")
            .select(
              "id, connection_id, name, hint, version, key_id, created_at, updated_at, last_used_at, connection:integration_connections!inner(name, environment, provider_key, status)",
            )
            .eq("organization_id", id)
            .neq("connection.status", "disconnected")
            .order("updated_at")
            .order("id")
            .range(from, from + MOST_ROWS - 1)
            .abortSignal(signal),
        );
      const all = await read(0);
      for (let page = all; page.length === MOST_ROWS; all.push(...page)) page = await read(all.length);
      return all;
    },
    refetchInterval: every(FIGURES_MS),
  });
}

export type StoredCredential = NonNullable<ReturnType<typeof useAllCredentials>["data"]>[number];

/** When each credential of a connection was set and replaced, and by whom; the newest versions first. */
export function useCredentialHistory(connectionId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["credentials", id, connectionId, "history"],
    queryFn: async ({ signal }) =>
      (await rpc("credential_history", { connection_id: connectionId }, signal)) as (Omit<
        Answer<"credential_history">[number],
        "created_by" | "superseded_at"
      > & { created_by: string | null; superseded_at: string | null })[],
  });
}

const DAY_MS = 86_400_000;

/** For how many whole days a credential has been the same. */
export function ageInDays({ updated_at }: { updated_at: string }, now: Date): number {
  return Math.floor((now.getTime() - new Date(updated_at).getTime()) / DAY_MS);
}
