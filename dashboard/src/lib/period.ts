/** A span of time as filters name it: the last hour, day or week, or from and to as clocks of the organization show. */
export const PERIODS = ["hour", "day", "week", "custom"] as const;

export interface Period {
  period?: (typeof PERIODS)[number] | undefined;
  /** Of a custom one, as `<input type="datetime-local">` has it: 2026-11-30T14:05. */
  from?: string | undefined;
  to?: string | undefined;
}

export interface Span {
  /** ISO 8601; null: from the beginning. */
  since: string | null;
  /** Null: until now. */
  until: string | null;
}

const HOUR_MS = 3_600_000;
const LENGTHS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS };

/** When a period begins and ends. */
export function spanOf({ period, from, to }: Period, timeZone: string, now: Date = new Date()): Span {
  if (period === undefined) return { since: null, until: null };
  if (period !== "custom") return { since: new Date(now.getTime() - LENGTHS[period]).toISOString(), until: null };
  return { since: instantOf(from, timeZone), until: instantOf(to, timeZone) };
}

/** The instant at which clocks of a time zone show a local time; null: it is none. */
export function instantOf(local: string | undefined, timeZone: string): string | null {
  const wall = Date.parse(`${local ?? ""}Z`);
  if (Number.isNaN(wall)) return null;
  const guess = wall - offsetAt(wall, timeZone);
  // The zone may have another offset at the instant that the first guess names.
  return new Date(wall - offsetAt(guess, timeZone)).toISOString();
}

/** The local time that clocks of a time zone show, as an input takes it. */
export function localOf(instant: Date | string, timeZone: string): string {
  const at = new Date(instant).getTime();
  return new Date(at + offsetAt(at, timeZone)).toISOString().slice(0, 16);
}

/** The local day, such as 2026-11-30. */
export function dayOf(instant: Date | string, timeZone: string): string {
  return localOf(instant, timeZone).slice(0, 10);
}

/** When a local day begins and the next one does. */
export function spanOfDay(day: string, timeZone: string): { since: string; until: string } {
  const next = new Date(Date.parse(`${day}T00:00Z`) + 24 * HOUR_MS).toISOString().slice(0, 10);
  const [since, until] = [day, next].map((each) => instantOf(`${each}T00:00`, timeZone));
  if (!since || !until) throw new RangeError(`not a day: ${day}`);
  return { since, until };
}

function offsetAt(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(instant);
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}
