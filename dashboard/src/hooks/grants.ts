/** What somebody has consented to at providers, and until when that holds. */
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, FIGURES_MS } from "@/lib/live";
import { dataOf, type Row, supabase } from "@/lib/supabase";

export type Grant = Pick<
  Row<"connection_grants">,
  | "connection_id"
  | "scopes"
  | "subject_name"
  | "refreshable"
  | "access_expires_at"
  | "refresh_expires_at"
  | "granted_at"
  | "revoked_at"
>;

/** By connection. */
export function useGrants() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["grants", id],
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, Grant>> => {
      const grants = await dataOf(
        supabase()
          .from("connection_grants")
          .select(
            "connection_id, scopes, subject_name, refreshable, access_expires_at, refresh_expires_at, granted_at, revoked_at",
          )
          .eq("organization_id", id)
          .abortSignal(signal),
      );
      return new Map(grants.map((grant) => [grant.connection_id, grant]));
    },
    refetchInterval: every(FIGURES_MS),
  });
}

/** When somebody has to consent again; null: never, or nobody knows. */
export function endOfGrant(grant: Grant): string | null {
  return grant.refreshable ? grant.refresh_expires_at : grant.access_expires_at;
}
