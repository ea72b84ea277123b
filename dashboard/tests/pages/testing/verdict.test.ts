import { describe, expect, it } from "vitest";
import { isLive, tookMs } from "@/pages/testing/outcome";
import { verdictOf } from "@/pages/testing/verdict";

describe("what a test of credentials found", () => {
  it.each([
    ["accepted", "succeeded", { state: "up", latency_ms: 12 }, null],
    ["slow", "succeeded", { state: "degraded" }, null],
    ["refused", "failed", { state: "down" }, { code: "authentication_failed", message: "No such key." }],
    ["unreachable", "failed", { state: "down" }, { code: "unavailable", message: "No answer." }],
    ["unclear", "dead", null, { code: "workers_lost", message: "Lost." }],
  ] as const)("%s", (key, status, result, error) => {
    const verdict = verdictOf({ status, result, error });
    expect(verdict.key).toBe(key);
    expect(verdict.detail).toBe(error?.message ?? null);
  });
});

describe("how far a run is", () => {
  const operation = { created_at: "2026-11-30T05:00:00Z", finished_at: "2026-11-30T05:00:02Z" };
  const at = (time: string) => Date.parse(time);

  it("took from its asking to its end", () => {
    expect(tookMs(operation)).toBe(2_000);
    expect(tookMs({ ...operation, finished_at: null })).toBeNull();
  });

  it("may be heard of until its log lines must be there", () => {
    expect(isLive(null, { finished_at: null })).toBe(true);
    expect(isLive(null, operation, at("2026-11-30T05:00:04Z"))).toBe(true);
    expect(isLive(null, operation, at("2026-11-30T05:00:30Z"))).toBe(false);
  });
});
