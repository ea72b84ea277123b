import { describe, expect, it } from "vitest";
import { isDay, plusDays, plusMonths, weekOf, weeksShown } from "@/pages/social/days";
import { suggestedTime, timeProblem } from "@/pages/social/time_field";

describe("weeks", () => {
  it.each([
    [1, "2026-11-30"], // Monday
    [7, "2026-11-29"], // Sunday
    [6, "2026-11-28"], // Saturday
  ])("that begin with weekday %d begin on %s", (firstWeekday, first) => {
    expect(weekOf("2026-12-03", firstWeekday)).toBe(first);
  });

  it("around a month are whole", () => {
    const weeks = weeksShown("2026-11-15", "month", 1);
    expect(weeks.every((week) => week.length === 7)).toBe(true);
    expect([weeks[0]?.[0], weeks.at(-1)?.[6]]).toEqual(["2026-10-26", "2026-12-06"]);
  });

  it("of February, where it fills them, are four", () => {
    expect(weeksShown("2027-02-10", "month", 1)).toHaveLength(4);
  });

  it("are one in the view of a week", () => {
    expect(weeksShown("2026-12-03", "week", 1)).toEqual([
      ["2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04", "2026-12-05", "2026-12-06"],
    ]);
  });
});

describe("days", () => {
  it("are counted over the ends of years", () => {
    expect(plusDays("2026-12-31", 1)).toBe("2027-01-01");
  });

  it.each([
    ["2026-01-31", 1, "2026-02-28"],
    ["2028-01-31", 1, "2028-02-29"],
    ["2026-01-15", -1, "2025-12-15"],
  ])("of %s and %d months are %s", (day, months, expected) => {
    expect(plusMonths(day, months)).toBe(expected);
  });

  it("are told from other words", () => {
    expect([isDay("2026-11-30"), isDay("today"), isDay("2026-13-01"), isDay(undefined)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe("a time", () => {
  const NOW = new Date("2026-11-30T10:20:00Z"); // 14:20 in Dubai

  it("is suggested on the full hour", () => {
    expect(suggestedTime("Asia/Dubai", NOW)).toBe("2026-11-30T16:00");
  });

  it.each([
    ["", "no_time"],
    ["2026-11-30T14:19", "time_passed"],
    ["2026-11-30T14:21", null],
    ["2027-12-01T09:00", "time_far"],
  ])("%s: %s", (at, problem) => {
    expect(timeProblem(at, "Asia/Dubai", NOW)).toBe(problem);
  });
});
