/** Who is in the organization, and who may change that. */
import { useQuery } from "@tanstack/react-query";
import { may, type Role, useOrganization } from "@/app/organization";
import { every, FIGURES_MS } from "@/lib/live";
import { type Answer, rpc, rpcRows } from "@/lib/supabase";
import { useChange } from "./change";

type Listed = Answer<"list_members">[number];
/** `last_sign_in_at` is told to admins, and of themselves to everybody. */
export type Member = Omit<Listed, "name" | "last_sign_in_at"> & {
  name: string | null;
  last_sign_in_at: string | null;
};

export const ROLES: readonly Role[] = ["owner", "admin", "developer", "viewer"];

export const memberKeys = { list: (organizationId: string) => ["members", organizationId] as const };

/** All members, the most powerful first. */
export function useMembers() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: memberKeys.list(id),
    queryFn: async ({ signal }): Promise<Member[]> => {
      const members = await rpcRows("list_members", { organization_id: id }, ["created_at", "user_id"], signal);
      return members.toSorted(
        (a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role) || a.email.localeCompare(b.email),
      );
    },
    refetchInterval: every(FIGURES_MS),
  });
}

/** Add somebody who has signed up, or change a member's role. */
export function useSetMember() {
  const { id } = useOrganization();
  return useChange(memberKeys.list(id), (args: { email: string; role: Role }) =>
    rpc("set_member", { ...args, organization_id: id }),
  );
}

/** Remove a member; anybody may remove themselves. */
export function useRemoveMember() {
  const { id } = useOrganization();
  return useChange(memberKeys.list(id), (userId: string) =>
    rpc("remove_member", { organization_id: id, user_id: userId }),
  );
}

/** Why a member's role cannot be changed, or the member removed. */
export type Obstacle = "role" | "above" | "last_owner";

/** What stands in the way of `own` changing a member, by the rules that the database keeps; null: nothing. */
export function obstacleTo(
  own: Role,
  member: Pick<Member, "role">,
  members: readonly Pick<Member, "role">[],
): Obstacle | null {
  if (!may(own, "admin")) return "role";
  if (!may(own, member.role)) return "above";
  return isLastOwner(member, members) ? "last_owner" : null;
}

/** The roles that somebody may give: none above their own. */
export function rolesToGive(own: Role): Role[] {
  return may(own, "admin") ? ROLES.filter((role) => may(own, role)) : [];
}

export function isLastOwner(member: Pick<Member, "role">, members: readonly Pick<Member, "role">[]): boolean {
  return member.role === "owner" && members.filter(({ role }) => role === "owner").length === 1;
}
