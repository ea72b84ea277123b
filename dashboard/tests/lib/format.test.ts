import { describe, expect, it } from "vitest";
import { formatAgo, formatCount, formatDuration, formatMoney, formatShare, formatTime, startOfDay } from "@/lib/format";

const EN = { language: "en", timeZone: "Asia/Dubai" } as const;
const AR = { language: "ar", timeZone: "Asia/Dubai" } as const;
const plain = (text: string) =>
  text
    .replace(/[\u00a0\u202f\u200f\u200e\u061c]/g, " ")
    .replace(/ +/g, " ")
    .trim();

describe("money", () => {
  it.each([
    ["1250.00", "AED", "AED 1,250.00"],
    ["0.500", "KWD", "KWD 0.500"],
    ["99999999999999.99", "AED", "AED 99,999,999,999,999.99"],
  ])("writes %s %s with the currency's own decimals, and loses none", (amount, currency, written) => {
    expect(plain(formatMoney(amount, currency, EN))).toBe(written);
  });

  it("is written with Latin digits in Arabic", () => {
    expect(plain(formatMoney("99.00", "AED", AR))).toContain("99.00");
  });
});

describe("shares", () => {
  it.each([
    [1, "100%"],
    [0.99995, "99.99%"],
    [0.9991, "99.91%"],
    [0.985, "98.5%"],
    [0.00001, "0.01%"],
    [0, "0%"],
  ])("writes %d as %s: what is not all is never shown as all", (share, written) => {
    expect(formatShare(share, EN)).toBe(written);
  });
});

it.each([
  [4.2, "4.2 ms"],
  [840, "840 ms"],
  [1240, "1.2 sec"],
  [180_000, "3 min"],
])("writes %d milliseconds as %s", (milliseconds, written) => {
  expect(plain(formatDuration(milliseconds, EN))).toBe(written);
});

it("writes counts as the language does", () => {
  expect(formatCount(12_345, EN)).toBe("12,345");
});

describe("times", () => {
  const NOW = new Date("2026-11-30T12:00:00Z");

  it("are those of the organization's time zone", () => {
    expect(plain(formatTime("2026-11-30T21:30:00Z", EN))).toMatch(/1 Dec 2026, 1:30\s?am/i);
  });

  it.each([
    ["2026-11-30T11:58:00Z", "2 min. ago"],
    ["2026-11-30T15:00:00Z", "in 3 hr."],
    ["2026-11-29T11:00:00Z", "yesterday"],
  ])("%s is %s", (at, written) => {
    expect(
      plain(formatAgo(at, EN, NOW))
        .replace("mins", "min")
        .replace("hrs", "hr"),
    ).toMatch(new RegExp(written.replaceAll(".", "\\.?")));
  });

  it("of long ago are dates", () => {
    expect(formatAgo("2026-09-01T08:00:00Z", EN, NOW)).toContain("2026");
  });
});

describe("the beginning of a day", () => {
  it.each([
    ["Asia/Dubai", 0, "2026-11-30T20:00:00Z", "2026-11-30T20:00:00.000Z"],
    ["Asia/Dubai", 0, "2026-11-30T19:59:59Z", "2026-11-29T20:00:00.000Z"],
    ["Asia/Dubai", 29, "2026-11-30T12:00:00Z", "2026-10-31T20:00:00.000Z"],
    ["UTC", 1, "2026-11-30T12:00:00Z", "2026-11-29T00:00:00.000Z"],
    // The clocks were put back on 25 October.
    ["Europe/Berlin", 0, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00.000Z"],
    ["Europe/Berlin", 0, "2026-10-26T12:00:00Z", "2026-10-25T23:00:00.000Z"],
    ["Africa/Cairo", 5, "2026-11-02T12:00:00Z", "2026-10-27T21:00:00.000Z"],
  ])("in %s, %d days before %s", (zone, days, now, began) => {
    expect(startOfDay(zone, days, new Date(now)).toISOString()).toBe(began);
  });
});
