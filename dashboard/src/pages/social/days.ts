/** Days of a calendar, written 2026-11-30 and counted without any time zone. */
const DAY_MS = 86_400_000;

/** The noon of a day as if it were UTC: for formatting it with the time zone UTC. */
export function noonOf(day: string): Date {
  return new Date(`${day}T12:00:00Z`);
}

/** The day some days later (or earlier). */
export function plusDays(day: string, days: number): string {
  return new Date(noonOf(day).getTime() + days * DAY_MS).toISOString().slice(0, 10);
}

/** The same day of the month some months later; the month's last where it has no such day. */
export function plusMonths(day: string, months: number): string {
  const first = noonOf(`${day.slice(0, 8)}01`);
  first.setUTCMonth(first.getUTCMonth() + months);
  const length = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  const date = Math.min(Number(day.slice(8)), length);
  return plusDays(first.toISOString().slice(0, 10), date - 1);
}

/** The first day of a day's week. `firstWeekday`: 1 (Monday) to 7. */
export function weekOf(day: string, firstWeekday: number): string {
  return plusDays(day, -((noonOf(day).getUTCDay() - firstWeekday + 7) % 7));
}

/** The days that a calendar shows: a week, or whole weeks around a month. Each inner list is a week. */
export function weeksShown(day: string, view: "month" | "week", firstWeekday: number): string[][] {
  const start = weekOf(view === "week" ? day : `${day.slice(0, 8)}01`, firstWeekday);
  const end = view === "week" ? start : plusDays(plusMonths(`${day.slice(0, 8)}01`, 1), -1);
  const weeks: string[][] = [];
  for (let first = start; first <= end; first = plusDays(first, 7)) {
    weeks.push(Array.from({ length: 7 }, (_, index) => plusDays(first, index)));
  }
  return weeks;
}

/** Whether something is a day as written here. */
export function isDay(text: string | undefined): text is string {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(noonOf(text).getTime());
}
