/** How far back the list goes. */

export const RANGES = ["1h", "24h", "7d", "30d"] as const;
export type Range = (typeof RANGES)[number];
export const USUAL_RANGE: Range = "24h";

const HOUR_MS = 3_600_000;
const HOURS: Record<Range, number> = { "1h": 1, "24h": 24, "7d": 168, "30d": 720 };
const MINUTE_MS = 60_000;

/** Anything else than a range is the usual one. */
export function rangeOf(text: string | undefined): Range {
  return RANGES.find((range) => range === text) ?? USUAL_RANGE;
}

/** When it begins, as ISO: at a whole minute, so that the same list is the same query. */
export function beginningOf(range: Range, now: Date): string {
  return new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS - HOURS[range] * HOUR_MS).toISOString();
}

/** A time from an address as ISO; undefined: it is none. */
export function timeIn(text: string | undefined): string | undefined {
  const time = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
