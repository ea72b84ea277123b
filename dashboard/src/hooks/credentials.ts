/** What may be known of a connection's credentials without opening them. */
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { dataOf, supabase } from "@/lib/supabase";

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
