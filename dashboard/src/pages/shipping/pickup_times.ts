/** Days and hours of a driver, in the organization's time zone. */
import { dayStart } from "@/hooks/shipments";

/** The instant of a day and hour, such as 2026-11-30 and 14:05, in a time zone; the hub says what is wrong with others. */
export function instantOf(day: string, hour: string, timeZone: string): string {
  const start = dayStart(day, timeZone);
  const [hours = NaN, minutes = NaN] = hour.split(":").map(Number);
  if (!start || Number.isNaN(hours) || Number.isNaN(minutes)) return `${day}T${hour}`;
  return new Date(start.getTime() + (hours * 60 + minutes) * 60_000).toISOString();
}

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
