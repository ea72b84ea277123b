import { describe, expect, it } from "vitest";
import { dayAfter, into, isCustom, monthAfter, periodsOf, spanOf, startOfDate } from "@/lib/figure_period";

const DUBAI = "Asia/Dubai";
// In Dubai the 30th has already begun.
const NOW = new Date("2026-11-29T21:30:00Z");

describe("a span", () => {
  it("is seven whole days by the day unless something else is asked for", () => {
    const span = spanOf({}, DUBAI, NOW);
    expect(span.since.toISOString()).toBe("2026-11-23T20:00:00.000Z");
    expect([span.until, span.zoom]).toEqual([NOW, "day"]);
  });

  it("of 24 hours has the present hour last", () => {
    const span = spanOf({ range: "24h" }, DUBAI, NOW);
    const hours = periodsOf(span, DUBAI, NOW);
    expect([span.zoom, hours.length]).toEqual(["hour", 24]);
    expect(hours.at(-1)?.toISOString()).toBe("2026-11-29T21:00:00.000Z");
  });

  it("of two days has both of them in it, in the zone's time", () => {
    const span = spanOf({ from: "2026-11-01", to: "2026-11-02" }, DUBAI, NOW);
    expect([span.since.toISOString(), span.until.toISOString()]).toEqual([
      "2026-10-31T20:00:00.000Z",
      "2026-11-02T20:00:00.000Z",
    ]);
  });

  it.each([
    ["90d", "hour", "day"],
    ["24h", "month", "hour"],
    ["12mo", undefined, "month"],
    ["30d", "hour", "hour"],
  ] as const)("of %s asked for by the %s is shown by the %s", (range, zoom, shown) => {
    expect(spanOf({ range, zoom }, DUBAI, NOW).zoom).toBe(shown);
  });

  it("takes days that are none, or in the wrong order, for not said", () => {
    expect(isCustom({ from: "2026-11-31x", to: "2026-12-01" })).toBe(false);
    expect(isCustom({ from: "2026-12-02", to: "2026-12-01" })).toBe(false);
  });
});

describe("periods", () => {
  it("are twelve months, the present one last", () => {
    const months = periodsOf(spanOf({ range: "12mo" }, DUBAI, NOW), DUBAI, NOW);
    expect([months.length, months[0]?.toISOString(), months.at(-1)?.toISOString()]).toEqual([
      12,
      "2025-11-30T20:00:00.000Z",
      "2026-10-31T20:00:00.000Z",
    ]);
  });

  it("do not lie ahead", () => {
    const span = spanOf({ from: "2026-11-29", to: "2026-12-31" }, DUBAI, NOW);
    expect(periodsOf(span, DUBAI, NOW)).toHaveLength(2);
  });

  it("are whole days where the clocks are put forward", () => {
    const now = new Date("2026-04-05T12:00:00Z");
    const days = periodsOf(
      spanOf({ from: "2026-03-28", to: "2026-03-30" }, "Europe/Berlin", now),
      "Europe/Berlin",
      now,
    );
    expect(days.map((day) => day.toISOString())).toEqual([
      "2026-03-27T23:00:00.000Z",
      "2026-03-28T23:00:00.000Z",
      "2026-03-29T22:00:00.000Z",
    ]);
  });

  it("lead from a month to its days, and from a day to its hours", () => {
    expect(into("2026-01-31T20:00:00+00:00", "month", DUBAI)).toMatchObject({
      from: "2026-02-01",
      to: "2026-02-28",
      zoom: "day",
    });
    expect(into("2026-01-31T20:00:00+00:00", "day", DUBAI)).toMatchObject({ from: "2026-02-01", zoom: "hour" });
    expect(into("2026-01-31T20:00:00+00:00", "hour", DUBAI)).toBeNull();
  });
});

describe("the calendar", () => {
  it("goes over the ends of months and years", () => {
    expect([dayAfter("2026-12-31"), monthAfter("2026-01-31", -1), monthAfter("2026-12-15", 1)]).toEqual([
      "2027-01-01",
      "2025-12-01",
      "2027-01-01",
    ]);
  });

  it("finds the beginning of days to come, too", () => {
    expect(startOfDate("2026-12-24", DUBAI, NOW).toISOString()).toBe("2026-12-23T20:00:00.000Z");
  });
});
