import { renderHook, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { trafficOf, uptimeByConnection, useOpenAlerts } from "@/hooks/monitoring";
import { answer, inOrganization, ORGANIZATION } from "../hub";

const FIRST = new Date("2026-11-29T13:00:00Z");
const TODAY = new Date("2026-11-29T20:00:00Z");

function usage(starts_at: string, connection_id: string, calls: number, errors = 0) {
  const rest = {
    environment: "sandbox",
    provider_key: null,
    operation: null,
    throttled: 0,
    retried: 0,
    unknown: 0,
  } as const;
  return { starts_at, connection_id, calls, errors, bytes_sent: 0, bytes_received: 0, ...rest };
}

function latency(starts_at: string, connection_id: string, calls: number, mean_ms: number) {
  const rest = { environment: "sandbox", provider_key: null, operation: null } as const;
  return { starts_at, connection_id, calls, mean_ms, p50_ms: 0, p95_ms: 0, p99_ms: 0, longest_ms: 0, ...rest };
}

describe("traffic", () => {
  const traffic = trafficOf(
    [
      usage("2026-11-29T12:00:00Z", "a", 1000), // before the 24 hours
      usage("2026-11-29T13:00:00Z", "a", 10, 1),
      usage("2026-11-30T12:00:00Z", "a", 20),
      usage("2026-11-30T12:00:00Z", "b", 30, 3),
    ],
    [latency("2026-11-29T13:00:00Z", "a", 10, 100), latency("2026-11-30T12:00:00Z", "a", 30, 200)],
    FIRST,
    TODAY,
  );

  it("adds up the last 24 hours, and today", () => {
    expect(traffic.last).toMatchObject({ calls: 60, errors: 4 });
    expect(traffic.today).toMatchObject({ calls: 50, errors: 3 });
  });

  it("weighs the mean by the calls", () => {
    expect(traffic.last.meanMs).toBe(175);
  });

  it("keeps connections apart", () => {
    expect(traffic.byConnection.get("b")).toEqual({ calls: 30, errors: 3, meanMs: null });
  });

  it("puts the present hour last", () => {
    expect([traffic.hours.length, traffic.hours[0], traffic.hours.at(-1)]).toEqual([24, 10, 50]);
  });
});

describe("uptime", () => {
  const row = (starts_at: string, up: number, down: number) => ({
    starts_at,
    connection_id: "a",
    seconds_up: up,
    seconds_degraded: 0,
    seconds_down: down,
    seconds_unknown: 0,
    uptime: up / (up + down),
  });
  const found = uptimeByConnection(
    [row("2026-11-28T20:00:00+00:00", 3, 1), row("2026-11-29T20:00:00+00:00", 4, 0)],
    "Asia/Dubai",
    new Date("2026-11-30T12:00:00Z"),
  ).get("a");

  it("has thirty days, and says of which nothing is known", () => {
    expect(found?.days.map(({ uptime }) => uptime)).toEqual([...Array<null>(28).fill(null), 0.75, 1]);
  });

  it("is of the watched time", () => {
    expect(found?.share).toBe(7 / 8);
  });
});

it("asks for the alerts of the organization that are not over", async () => {
  const asked = answer("alerts", [{ id: "1", title: "Stripe is down", severity: "critical", status: "open" }]);
  const { result } = renderHook(() => useOpenAlerts(), { wrapper: inOrganization() });
  await waitFor(() => expect(result.current.data).toHaveLength(1));
  expect(asked[0]?.search.get("organization_id")).toBe(`eq.${ORGANIZATION.id}`);
  expect(asked[0]?.search.get("status")).toBe("neq.resolved");
});
