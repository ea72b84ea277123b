import { describe, expect, it } from "vitest";
import { dayOf, instantOf, localOf, spanOf, spanOfDay } from "@/lib/period";

const NOW = new Date("2026-11-30T10:00:00Z");

describe("a period", () => {
  it("ends now, or is as clocks of the organization show", () => {
    expect(spanOf({}, "Asia/Dubai", NOW)).toEqual({ since: null, until: null });
    expect(spanOf({ period: "hour" }, "Asia/Dubai", NOW)).toEqual({ since: "2026-11-30T09:00:00.000Z", until: null });
    const custom = { period: "custom" as const, from: "2026-11-30T14:05", to: "nonsense" };
    expect(spanOf(custom, "Asia/Dubai", NOW)).toEqual({ since: "2026-11-30T10:05:00.000Z", until: null });
  });

  it("keeps to the offset of that day", () => {
    expect(instantOf("2026-07-01T12:00", "Europe/London")).toBe("2026-07-01T11:00:00.000Z");
    expect(instantOf("2026-12-01T12:00", "Europe/London")).toBe("2026-12-01T12:00:00.000Z");
    expect(instantOf("2026-03-29T03:30", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000Z");
    expect(instantOf("2026-11-01T12:00", "America/New_York")).toBe("2026-11-01T17:00:00.000Z");
    expect(localOf("2026-07-01T11:00:00Z", "Europe/London")).toBe("2026-07-01T12:00");
  });

  it("is a local day, of 23 hours where the clocks are put forward", () => {
    expect(dayOf("2026-11-30T21:00:00Z", "Asia/Dubai")).toBe("2026-12-01");
    expect(spanOfDay("2026-12-31", "Asia/Dubai")).toEqual({
      since: "2026-12-30T20:00:00.000Z",
      until: "2026-12-31T20:00:00.000Z",
    });
    const { since, until } = spanOfDay("2026-03-29", "Europe/London");
    expect(Date.parse(until) - Date.parse(since)).toBe(23 * 3_600_000);
  });
});
