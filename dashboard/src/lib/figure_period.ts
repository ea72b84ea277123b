/** Stretches of time that figures are asked for, and the hours, days or months that they are made of. */
import { startOfDay } from "./format";

export const ZOOMS = ["hour", "day", "month"] as const;
export type Zoom = (typeof ZOOMS)[number];
export const RANGES = ["24h", "7d", "30d", "90d", "12mo"] as const;
export type Range = (typeof RANGES)[number];
export const DEFAULT_RANGE: Range = "7d";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** The hub tells hours of at most 31 days. */
const MOST_DAYS_BY_HOUR = 31;
const MOST_DAYS_BY_DAY = 400;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What an address says of the time looked at. `from` and `to` (both days included) go before `range`. */
export interface SpanSearch {
  range?: Range | undefined;
  from?: string | undefined;
  to?: string | undefined;
  zoom?: Zoom | undefined;
}

export interface Span {
  since: Date;
  /** Exclusive. */
  until: Date;
  zoom: Zoom;
  /** Which zooms the hub answers at, and are of use. */
  zooms: Zoom[];
}

/** The calendar day of a moment in a time zone, as YYYY-MM-DD. */
export function dateIn(timeZone: string, at: Date): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

/** When a calendar day begins in a time zone. */
export function startOfDate(date: string, timeZone: string, now = new Date()): Date {
  return startOfDay(timeZone, daysBetween(date, dateIn(timeZone, now)), now);
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** The day `days` after a day. */
export function dayAfter(date: string, days = 1): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The first of the month `months` after that of a day. */
export function monthAfter(date: string, months: number): string {
  const first = new Date(`${date.slice(0, 7)}-01T00:00:00Z`);
  first.setUTCMonth(first.getUTCMonth() + months);
  return first.toISOString().slice(0, 10);
}

/** Whether the address names both days, in order. */
export function isCustom({ from, to }: SpanSearch): boolean {
  return from !== undefined && to !== undefined && isDate(from) && isDate(to) && from <= to;
}

function isDate(text: string): boolean {
  return DATE.test(text) && !Number.isNaN(Date.parse(text));
}

/** What is looked at. A zoom that does not suit the range gives way to one that does. */
export function spanOf(search: SpanSearch, timeZone: string, now = new Date()): Span {
  const [since, until] = bounds(search, timeZone, now);
  const days = (until.getTime() - since.getTime()) / DAY_MS;
  const zooms = ZOOMS.filter((zoom) =>
    zoom === "hour" ? days <= MOST_DAYS_BY_HOUR : zoom === "day" ? days > 1 && days <= MOST_DAYS_BY_DAY : days > 31,
  );
  const usual: Zoom = days <= 2 ? "hour" : days <= 92 ? "day" : "month";
  return { since, until, zoom: search.zoom && zooms.includes(search.zoom) ? search.zoom : usual, zooms };
}

function bounds(search: SpanSearch, timeZone: string, now: Date): [Date, Date] {
  const { range = DEFAULT_RANGE, from, to } = search;
  if (isCustom(search) && from !== undefined && to !== undefined) {
    return [startOfDate(from, timeZone, now), startOfDate(dayAfter(to), timeZone, now)];
  }
  if (range === "24h") return [new Date(Math.floor(now.getTime() / HOUR_MS - 23) * HOUR_MS), now];
  if (range === "12mo") return [startOfDate(monthAfter(dateIn(timeZone, now), -11), timeZone, now), now];
  return [startOfDay(timeZone, Number.parseInt(range, 10) - 1, now), now];
}

/** When each period of a span begins, those without a figure too. None lies ahead. */
export function periodsOf({ since, until, zoom }: Span, timeZone: string, now = new Date()): Date[] {
  const end = Math.min(until.getTime(), now.getTime());
  if (zoom === "hour") {
    const first = Math.floor(since.getTime() / HOUR_MS) * HOUR_MS;
    return Array.from(
      { length: Math.max(0, Math.ceil((end - first) / HOUR_MS)) },
      (_, n) => new Date(first + n * HOUR_MS),
    );
  }
  const starts: Date[] = [];
  let date = dateIn(timeZone, since);
  if (zoom === "month") date = monthAfter(date, 0);
  for (let at = startOfDate(date, timeZone, now); at.getTime() < end; at = startOfDate(date, timeZone, now)) {
    starts.push(at);
    date = zoom === "day" ? dayAfter(date) : monthAfter(date, 1);
  }
  return starts;
}

/** The search that looks into one period: a month by its days, a day by its hours; null: it cannot be looked into. */
export function into(startsAt: string, zoom: Zoom, timeZone: string): SpanSearch | null {
  const date = dateIn(timeZone, new Date(startsAt));
  if (zoom === "month") return { range: undefined, from: date, to: dayAfter(monthAfter(date, 1), -1), zoom: "day" };
  if (zoom === "day") return { range: undefined, from: date, to: date, zoom: "hour" };
  return null;
}
