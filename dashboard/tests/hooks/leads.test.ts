import { act, renderHook, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { addressOf, useFindLeads, useLeads } from "@/hooks/leads";
import { answer, inOrganization, ORGANIZATION } from "../hub";

const LEAD = { id: "l-1", status: "active", source: "api", tags: [], created_at: "2026-11-30T08:00:00Z" };

describe("leads", () => {
  it("are asked for with the filters, and with no more of people than the list shows", async () => {
    const asked = answer("leads", [LEAD]);
    const filters = { status: "active", source: "form:News", tag: "vip" };
    const { result } = renderHook(() => useLeads(filters), { wrapper: inOrganization() });
    await waitFor(() => expect(result.current.data?.pages.flat()).toEqual([LEAD]));
    const query = asked[0]?.search;
    expect(query?.get("organization_id")).toBe(`eq.${ORGANIZATION.id}`);
    expect([query?.get("status"), query?.get("source"), query?.get("tags")]).toEqual([
      "eq.active",
      "eq.form:News",
      "cs.{vip}",
    ]);
    expect(query?.get("select")).not.toContain("lead_links");
    expect(query?.get("select")).not.toContain("attributes");
  });

  it("are filtered by how they stand at a tool", async () => {
    const asked = answer("leads", []);
    renderHook(() => useLeads({ push: "failed", connection: "c-1" }), { wrapper: inOrganization() });
    await waitFor(() => expect(asked).toHaveLength(1));
    const query = asked[0]?.search;
    expect(query?.get("select")).toContain("lead_links!inner");
    expect([query?.get("lead_links.status"), query?.get("lead_links.connection_id")]).toEqual(["eq.failed", "eq.c-1"]);
  });

  it("go on after the last one of a page", async () => {
    const page = Array.from({ length: 50 }, (_, index) => ({ ...LEAD, id: `l-${index}` }));
    const asked = answer("leads", page);
    const { result } = renderHook(() => useLeads({}), { wrapper: inOrganization() });
    await waitFor(() => expect(result.current.hasNextPage).toBe(true));
    await act(() => result.current.fetchNextPage());
    expect(asked.at(-1)?.search.get("or")).toBe(
      '(created_at.lt."2026-11-30T08:00:00Z",and(created_at.eq."2026-11-30T08:00:00Z",id.lt."l-49"))',
    );
  });

  it("are looked up by an address in the body of the call, never in its address", async () => {
    const asked = answer("rpc/find_leads", [LEAD]);
    const { result } = renderHook(() => useFindLeads(), { wrapper: inOrganization() });
    await act(() => result.current.mutateAsync("Fatima@Example.ae"));
    expect(asked[0]?.body).toEqual({ email: "Fatima@Example.ae", organization_id: ORGANIZATION.id });
    expect(asked[0]?.search.toString()).not.toContain("atima");
  });
});

describe("an address that was typed", () => {
  it.each([
    [" fatima@example.ae ", { email: "fatima@example.ae" }],
    ["+971 50 000 0001", { phone: "+971500000001" }],
    ["00971-50-0000001", { phone: "+971500000001" }],
    ["050 000 0001", { phone: "+971500000001" }],
  ])("%s", (typed, address) => {
    expect(addressOf(typed)).toEqual(address);
  });
});
