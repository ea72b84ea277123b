import { renderHook, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { consentOf, type Grant } from "@/hooks/accounts";
import { useHideComment } from "@/hooks/comments";
import { usePublishDraft } from "@/hooks/post_changes";
import { usePosts, usePostsBetween } from "@/hooks/posts";
import { answer, inOrganization, ORGANIZATION } from "../hub";

describe("the list of posts", () => {
  it("is the open organization's, of the filters' environment, account and words", async () => {
    const asked = answer("social_posts", []);
    const filters = { environment: "live", status: "failed", account: "a1", text: "50%_off" } as const;
    const { result } = renderHook(() => usePosts(filters), { wrapper: inOrganization() });
    await waitFor(() => expect(result.current.isSuccess).toBe(true));
    const search = asked[0]?.search;
    expect(search?.get("organization_id")).toBe(`eq.${ORGANIZATION.id}`);
    expect(search?.get("status")).toBe("eq.failed");
    expect(search?.get("account_id")).toBe("eq.a1");
    expect(search?.get("account.connection.environment")).toBe("eq.live");
    expect(search?.get("text")).toBe("ilike.%50\\%\\_off%");
  });

  it("is not narrowed by a state that there is not, such as an old link's", async () => {
    const asked = answer("social_posts", []);
    const { result } = renderHook(() => usePosts({ environment: null, status: "sent" }), { wrapper: inOrganization() });
    await waitFor(() => expect(result.current.isSuccess).toBe(true));
    expect(asked[0]?.search.has("status")).toBe(false);
  });

  it("goes on after the last row of a full page", async () => {
    const rows = Array.from({ length: 50 }, (_, index) => ({ id: `p${index}`, created_at: "2026-11-30T10:00:00Z" }));
    const asked = answer("social_posts", rows);
    const { result } = renderHook(() => usePosts({ environment: null }), { wrapper: inOrganization() });
    await waitFor(() => expect(result.current.hasNextPage).toBe(true));
    await result.current.fetchNextPage();
    expect(asked[1]?.search.get("or")).toBe(
      '(created_at.lt."2026-11-30T10:00:00Z",and(created_at.eq."2026-11-30T10:00:00Z",id.lt."p49"))',
    );
  });
});

it("finds a calendar's posts by when they are planned, or were published", async () => {
  const asked = answer("social_posts", []);
  const { result } = renderHook(() => usePostsBetween("2026-11-01", "2026-12-01", null), { wrapper: inOrganization() });
  await waitFor(() => expect(result.current.isSuccess).toBe(true));
  expect(asked[0]?.search.get("or")).toBe(
    "(and(scheduled_at.gte.2026-11-01,scheduled_at.lt.2026-12-01),and(published_at.gte.2026-11-01,published_at.lt.2026-12-01))",
  );
});

describe("a draft", () => {
  it("is published without being changed when nothing has changed", async () => {
    const updated = answer("rpc/update_post", {});
    const published = answer("rpc/publish_draft", {});
    const { result } = renderHook(() => usePublishDraft(), { wrapper: inOrganization() });
    await result.current.mutateAsync({ post_id: "p1", changes: {} });
    expect([updated.length, published[0]?.body]).toEqual([0, { post_id: "p1" }]);
  });
});

it("tells what a worker could not hide", async () => {
  answer("rpc/hide_comment", { id: "c1" });
  answer("operations", {
    id: "o1",
    status: "failed",
    error: { code: "forbidden", message: "The page does not allow it." },
  });
  const { result } = renderHook(() => useHideComment(), { wrapper: inOrganization() });
  await expect(result.current.mutateAsync({ comment_id: "c1", hidden: true })).rejects.toMatchObject({
    message: "The page does not allow it.",
  });
});

describe("a consent", () => {
  const NOW = new Date("2026-11-30T10:00:00Z");
  const grant = (change: Partial<Grant>) =>
    ({ refreshable: false, access_expires_at: null, refresh_expires_at: null, revoked_at: null, ...change }) as Grant;

  it.each([
    ["none", undefined],
    ["good", grant({ access_expires_at: "2027-01-20T00:00:00Z" })],
    ["ending", grant({ access_expires_at: "2026-12-05T00:00:00Z" })],
    ["ended", grant({ access_expires_at: "2026-11-29T00:00:00Z" })],
    ["ended", grant({ access_expires_at: "2027-01-20T00:00:00Z", revoked_at: "2026-11-28T00:00:00Z" })],
    ["renewing", grant({ refreshable: true, access_expires_at: "2026-11-30T11:00:00Z" })],
  ] as const)("is %s", (state, known) => {
    expect(consentOf(known, NOW).state).toBe(state);
  });
});
