import { renderHook, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { alertState, useAlerts, useMarkRead, useSnooze } from "@/hooks/alerts";
import { answer, inOrganization, ORGANIZATION } from "../hub";

const NOW = new Date("2026-11-30T12:00:00Z");

describe("the state of an alert", () => {
  it.each([
    ["open", null, "open"],
    ["open", "2026-11-30T13:00:00Z", "snoozed"],
    ["acknowledged", "2026-11-30T11:00:00Z", "acknowledged"],
    ["resolved", "2026-11-30T13:00:00Z", "resolved"],
  ] as const)("%s, put off until %s, is %s", (status, snoozed_until, state) => {
    expect(alertState({ status, snoozed_until }, NOW)).toBe(state);
  });
});

describe("the list of alerts", () => {
  it.each([
    ["active", "neq.resolved", false],
    ["open", "eq.open", false],
    ["snoozed", "neq.resolved", true],
    ["resolved", "eq.resolved", false],
    ["all", null, false],
  ] as const)("of %s asks for the status %s", async (state, status, isSnoozed) => {
    const asked = answer("alerts", []);
    renderHook(() => useAlerts({ state, rule: "r" }), { wrapper: inOrganization() });
    await waitFor(() => expect(asked).toHaveLength(1));
    const search = asked[0]?.search;
    expect(search?.get("organization_id")).toBe(`eq.${ORGANIZATION.id}`);
    expect([search?.get("status"), search?.get("rule_id")]).toEqual([status, "eq.r"]);
    expect(search?.get("snoozed_until")?.startsWith("gt.") ?? false).toBe(isSnoozed);
  });

  it("goes on after the last one seen", async () => {
    const page = Array.from({ length: 50 }, (_, n) => ({ id: `a${n}`, last_seen_at: "2026-11-30T12:00:00+00:00" }));
    const asked = answer("alerts", page);
    const { result } = renderHook(() => useAlerts({ state: "all" }), { wrapper: inOrganization() });
    await waitFor(() => expect(result.current.hasNextPage).toBe(true));
    void result.current.fetchNextPage();
    await waitFor(() => expect(asked).toHaveLength(2));
    expect(asked[1]?.search.get("or")).toBe(
      "(last_seen_at.lt.2026-11-30T12:00:00+00:00,and(last_seen_at.eq.2026-11-30T12:00:00+00:00,id.lt.a49))",
    );
  });
});

it("ends a snooze with a time of null", async () => {
  const asked = answer("rpc/snooze_alert", {});
  const { result } = renderHook(() => useSnooze(), { wrapper: inOrganization() });
  await result.current.mutateAsync({ id: "a", until: null });
  expect(asked[0]?.body).toEqual({ alert_id: "a", until: null });
});

it("marks entries of the inbox as read", async () => {
  const asked = answer("rpc/read_alert_notifications", 1);
  const { result } = renderHook(() => useMarkRead(), { wrapper: inOrganization() });
  await result.current.mutateAsync(["n"]);
  expect(asked[0]?.body).toEqual({ notification_ids: ["n"] });
});
