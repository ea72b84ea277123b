import { renderHook, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { isLastOwner, obstacleTo, rolesToGive, useMembers, useRemoveMember, useSetMember } from "@/hooks/members";
import { answer, inOrganization, ORGANIZATION } from "../hub";

const OWNER = { role: "owner" } as const;
const ADMIN = { role: "admin" } as const;
const VIEWER = { role: "viewer" } as const;

describe("what stands in the way of changing a member", () => {
  it.each([
    ["developer", VIEWER, "role"],
    ["admin", VIEWER, null],
    ["admin", ADMIN, null],
    ["admin", OWNER, "above"],
    ["owner", ADMIN, null],
    ["owner", OWNER, "last_owner"],
  ] as const)("as %s, of %o: %s", (own, member, obstacle) => {
    expect(obstacleTo(own, member, [OWNER, ADMIN, VIEWER])).toBe(obstacle);
  });

  it("is nothing for one of two owners", () => {
    expect(obstacleTo("owner", OWNER, [OWNER, OWNER])).toBeNull();
    expect(isLastOwner(ADMIN, [OWNER, ADMIN])).toBe(false);
  });
});

it.each([
  ["viewer", []],
  ["developer", []],
  ["admin", ["admin", "developer", "viewer"]],
  ["owner", ["owner", "admin", "developer", "viewer"]],
] as const)("as %s one gives the roles %o", (own, roles) => {
  expect(rolesToGive(own)).toEqual(roles);
});

it("lists the most powerful first, then by address", async () => {
  const member = (user_id: string, email: string, role: string) => ({ user_id, email, role });
  const asked = answer("rpc/list_members", [
    member("1", "z@x.ae", "viewer"),
    member("2", "b@x.ae", "admin"),
    member("3", "a@x.ae", "admin"),
    member("4", "o@x.ae", "owner"),
  ]);
  const { result } = renderHook(() => useMembers(), { wrapper: inOrganization() });
  await waitFor(() => expect(result.current.data?.map(({ user_id }) => user_id)).toEqual(["4", "3", "2", "1"]));
  expect(asked[0]?.body).toEqual({ organization_id: ORGANIZATION.id });
});

it("names the organization when it changes or removes a member", async () => {
  const set = answer("rpc/set_member", {});
  const removed = answer("rpc/remove_member", null);
  const wrapper = inOrganization();
  await renderHook(() => useSetMember(), { wrapper }).result.current.mutateAsync({ email: "a@x.ae", role: "viewer" });
  await renderHook(() => useRemoveMember(), { wrapper }).result.current.mutateAsync("u");
  expect(set[0]?.body).toEqual({ organization_id: ORGANIZATION.id, email: "a@x.ae", role: "viewer" });
  expect(removed[0]?.body).toEqual({ organization_id: ORGANIZATION.id, user_id: "u" });
});
