import { expect, it } from "vitest";
import { beginningOf, rangeOf, timeIn } from "@/pages/developers/logs/time_range";

it("reads a range from the address, and takes a day for anything else", () => {
  expect(["7d", "1y", undefined].map(rangeOf)).toEqual(["7d", "24h", "24h"]);
});

it("begins at a whole minute", () => {
  expect(beginningOf("1h", new Date("2026-11-30T10:20:35.5Z"))).toBe("2026-11-30T09:20:00.000Z");
});

it("takes times of any zone, and nothing else", () => {
  expect(timeIn("2026-11-30T10:00:00+04:00")).toBe("2026-11-30T06:00:00.000Z");
  expect([timeIn("yesterday"), timeIn(undefined)]).toEqual([undefined, undefined]);
});
