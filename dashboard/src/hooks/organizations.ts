/** The organizations of who is signed in, with the person's role in each. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Organization } from "@/app/organization";
import { useUser } from "@/app/session";
import { type Arguments, dataOf, rpc, supabase } from "@/lib/supabase";
import { useChange } from "./change";

export const organizationKeys = { mine: (userId: string) => ["organizations", userId] as const };

/** All of them, by name. */
export function useOrganizations() {
  const { id } = useUser();
  return useQuery({
    queryKey: organizationKeys.mine(id),
    queryFn: ({ signal }) => fetchOrganizations(id, signal),
    staleTime: 60_000,
  });
}

async function fetchOrganizations(userId: string, signal: AbortSignal): Promise<Organization[]> {
  const rows = await dataOf(
    supabase()
      .from("organization_members")
      .select("role, organization:organizations!inner(id, name, slug, country, time_zone)")
      .eq("user_id", userId)
      .abortSignal(signal),
  );
  return rows.map(({ role, organization }) => ({ ...organization, role })).sort((a, b) => a.name.localeCompare(b.name));
}

/** Make an organization whose owner is the person. */
export function useCreateOrganization() {
  const client = useQueryClient();
  const { id } = useUser();
  return useMutation({
    mutationFn: (args: Arguments<"create_organization">) => rpc("create_organization", args),
    onSuccess: () => client.refetchQueries({ queryKey: organizationKeys.mine(id) }),
  });
}

/** Change the open organization; row-level security lets admins. */
export function useUpdateOrganization(id: string) {
  const user = useUser();
  return useChange(
    organizationKeys.mine(user.id),
    (changes: Partial<Pick<Organization, "name" | "country" | "time_zone">>) =>
      dataOf(supabase().from("organizations").update(changes).eq("id", id).select("id").single()),
  );
}
