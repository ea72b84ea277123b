/** Figures, money and times as people read them: by Intl, in their language, in the organization's time zone. */

export type Language = "en" | "ar";

/** How things are written. Arabic as in the Emirates: Arabic words with Latin digits. */
export interface Style {
  language: Language;
  /** IANA name, such as Asia/Dubai. */
  timeZone: string;
}

export const DEFAULT_TIME_ZONE = "Asia/Dubai";

const LOCALES: Record<Language, string> = { en: "en-AE", ar: "ar-AE-u-nu-latn" };

const kept = new Map<string, unknown>();

/** Making a formatter costs a hundred times more than using it. */
function keep<T>(key: string, make: () => T): T {
  if (!kept.has(key)) kept.set(key, make());
  return kept.get(key) as T;
}

function numbers(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return keep(`n${language}${JSON.stringify(options)}`, () => new Intl.NumberFormat(LOCALES[language], options));
}

function dates({ language, timeZone }: Style, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const all = { ...options, timeZone };
  return keep(`d${language}${JSON.stringify(all)}`, () => new Intl.DateTimeFormat(LOCALES[language], all));
}

/** 12,345 */
export function formatCount(value: number, { language }: Style): string {
  return numbers(language, { maximumFractionDigits: 0 }).format(value);
}

/** 12.3K, for where there is little room. */
export function formatShort(value: number, { language }: Style): string {
  return numbers(language, { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

/** A share of 1 as per cent; 99.99 is never shown as 100, nor 0.004 as 0. */
export function formatShare(share: number, { language }: Style): string {
  const percent = share * 100;
  const near = percent > 0 && percent < 100 && (percent > 99.9 || percent < 0.1);
  const clipped = near ? Math.min(99.99, Math.max(0.01, percent)) : percent;
  const digits = near ? 2 : percent === 0 || percent === 100 ? 0 : 1;
  return numbers(language, { style: "percent", minimumFractionDigits: 0, maximumFractionDigits: digits }).format(
    clipped / 100,
  );
}

/** A rate in per cent with all its digits, such as 2.75: for fees, which are not rounded. */
export function formatRate(percent: number, { language }: Style): string {
  return numbers(language, { style: "percent", maximumFractionDigits: 4 }).format(
    `${percent}e-2` as Intl.StringNumericLiteral,
  );
}

/** Milliseconds as 84 ms, 1.2 s, 3 min. */
export function formatDuration(milliseconds: number, { language }: Style): string {
  const unit = (unit: string, value: number, digits: number) =>
    numbers(language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits }).format(value);
  if (milliseconds < 1000) return unit("millisecond", milliseconds, milliseconds < 10 ? 1 : 0);
  if (milliseconds < 60_000) return unit("second", milliseconds / 1000, 1);
  if (milliseconds < 3_600_000) return unit("minute", milliseconds / 60_000, 0);
  return unit("hour", milliseconds / 3_600_000, 1);
}

/** An amount as the hub gives it, a decimal string, in its currency: AED 1,250.00. No rounding: digits stay as they are. */
export function formatMoney(amount: string | number, currency: string, { language }: Style): string {
  const format = numbers(language, { style: "currency", currency, currencyDisplay: "code" });
  return format.format(amount as Intl.StringNumericLiteral);
}

/** 30 Nov 2026, 14:05 */
export function formatTime(time: Date | string, style: Style): string {
  return dates(style, { dateStyle: "medium", timeStyle: "short" }).format(new Date(time));
}

/** 30 Nov, 11:22:04 AM: for lists of much that happened lately. */
export function formatSecond(time: Date | string, style: Style): string {
  return dates(style, { day: "numeric", month: "short", hour: "numeric", minute: "2-digit", second: "2-digit" }).format(
    new Date(time),
  );
}

/** With seconds and the zone's name. */
export function formatExactTime(time: Date | string, style: Style): string {
  return dates(style, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  }).format(new Date(time));
}

/** 30 Nov 2026 */
export function formatDay(time: Date | string, style: Style): string {
  return dates(style, { dateStyle: "medium" }).format(new Date(time));
}

/** 14:05 */
export function formatHour(time: Date | string, style: Style): string {
  return dates(style, { timeStyle: "short" }).format(new Date(time));
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** "5 minutes ago", "in 2 hours"; what is older than a month is a date. */
export function formatAgo(time: Date | string, style: Style, now: Date = new Date()): string {
  const seconds = (new Date(time).getTime() - now.getTime()) / 1000;
  if (Math.abs(seconds) > 30 * 86_400) return formatDay(time, style);
  const relative = keep(
    `r${style.language}`,
    () => new Intl.RelativeTimeFormat(LOCALES[style.language], { numeric: "auto", style: "short" }),
  );
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(0, "second");
}

/** When the present day began in a time zone, and that of `daysAgo` before it. */
export function startOfDay(timeZone: string, daysAgo = 0, now: Date = new Date()): Date {
  const parts = keep(
    `p${timeZone}`,
    () =>
      new Intl.DateTimeFormat("en-CA", {
        timeZone,
        hourCycle: "h23",
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
      }),
  );
  const wall = (at: Date): number => {
    const part = Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
  const today = Math.floor(wall(now) / 86_400_000) * 86_400_000;
  const wanted = today - daysAgo * 86_400_000;
  const offset = wall(new Date(wanted)) - wanted;
  // The zone may have another offset at the instant that the first guess names.
  const guess = new Date(wanted - offset);
  return new Date(wanted - (wall(guess) - guess.getTime()));
}

/** November 2026 */
export function formatMonth(time: Date | string, style: Style): string {
  return dates(style, { month: "long", year: "numeric" }).format(new Date(time));
}

/** Monday 30 November */
export function formatLongDay(time: Date | string, style: Style): string {
  return dates(style, { weekday: "long", day: "numeric", month: "long" }).format(new Date(time));
}

/** Mon */
export function formatWeekday(time: Date | string, style: Style): string {
  return dates(style, { weekday: "short" }).format(new Date(time));
}

/** 30 Nov */
export function formatShortDay(time: Date | string, style: Style): string {
  return dates(style, { day: "numeric", month: "short" }).format(new Date(time));
}

/** What a clock in a time zone shows, as `<input type="datetime-local">` has it: 2026-11-30T14:05. */
export function wallTime(time: Date | string, timeZone: string): string {
  const clock = keep(
    `w${timeZone}`,
    () =>
      new Intl.DateTimeFormat("en-CA", {
        timeZone,
        hourCycle: "h23",
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
      }),
  );
  const part = Object.fromEntries(clock.formatToParts(new Date(time)).map(({ type, value }) => [type, value]));
  return `${part["year"]}-${part["month"]}-${part["day"]}T${part["hour"]}:${part["minute"]}`;
}

/** The weekday with which weeks begin, 1 (Monday) to 7, where a language is read in a country; Monday if nobody knows. */
export function firstWeekday({ language }: Pick<Style, "language">, country: string): number {
  const locale = new Intl.Locale(language, { region: country }) as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number };
  };
  return locale.getWeekInfo?.().firstDay ?? 1;
}

/** The name of an hour, day or month: 14:00 (with the day where there are several), 30 Nov, November 2026. */
export function formatPeriod(at: Date | string, zoom: "hour" | "day" | "month", style: Style, oneDay = false): string {
  if (zoom === "month") return dates(style, { month: "long", year: "numeric" }).format(new Date(at));
  const day = dates(style, { day: "numeric", month: "short" }).format(new Date(at));
  if (zoom === "day") return day;
  return oneDay ? formatHour(at, style) : `${day} ${formatHour(at, style)}`;
}

/** Mon; 1 is Monday, 7 Sunday. */
export function formatWeekdayNumber(day: number, { language }: Style): string {
  // 1 January 2024 was a Monday.
  return dates({ language, timeZone: "UTC" }, { weekday: "short" }).format(Date.UTC(2024, 0, day));
}

/** 84 byte, 1.2 MB, in powers of a thousand. */
export function formatBytes(bytes: number, { language }: Style): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return numbers(language, {
    style: "unit",
    unit: units[power] ?? "byte",
    unitDisplay: "short",
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1000 ** power);
}
