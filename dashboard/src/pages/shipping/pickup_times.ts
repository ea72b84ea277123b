/** Days and hours of a driver, in the organization's time zone. */

const LAST_START = 15;
const FIRST_START = 9;
const CLOSES = "18:00";

/** When a driver can come first: from the next whole hour until six, or tomorrow from nine on when it is late. */
export function nextWorkingHours(timeZone: string, now = new Date()): { day: string; from: string; to: string } {
  const part = (at: Date, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-CA", { timeZone, hourCycle: "h23", ...options }).format(at);
  const dayOf = (at: Date) => part(at, { year: "numeric", month: "2-digit", day: "2-digit" });
  const hour = Number(part(now, { hour: "2-digit" })) + 1;
  const today = hour <= LAST_START;
  const start = today ? Math.max(hour, FIRST_START) : FIRST_START;
  const day = today ? dayOf(now) : dayOf(new Date(now.getTime() + 24 * 3_600_000));
  return { day, from: `${String(start).padStart(2, "0")}:00`, to: CLOSES };
}
