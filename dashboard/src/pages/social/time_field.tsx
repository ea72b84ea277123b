/** A time as a clock in the organization's time zone shows it. The hub knows where clocks are changed, and says so. */
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { wallTime } from "@/lib/format";
import { Field, Input } from "@/ui/field";

interface Props {
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
}

export function TimeField({ value, onChange, error }: Props) {
  const { t } = useTranslation("social");
  const { time_zone } = useOrganization();
  return (
    <Field label={t("compose.time")} help={t("compose.time_zone", { zone: time_zone })} error={error}>
      {(control) => (
        <Input
          {...control}
          type="datetime-local"
          dir="ltr"
          className="max-w-64"
          required
          min={wallTime(new Date(), time_zone)}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

/** The next full hour but one. */
export function suggestedTime(timeZone: string, now: Date = new Date()): string {
  const next = wallTime(new Date(now.getTime() + 2 * HOUR_MS), timeZone);
  return `${next.slice(0, 14)}00`;
}

/** Why the hub would not take a time: there is none, it has passed, or it lies more than a year ahead. */
export function timeProblem(
  at: string,
  timeZone: string,
  now: Date = new Date(),
): "no_time" | "time_passed" | "time_far" | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(at)) return "no_time";
  if (at < wallTime(now, timeZone)) return "time_passed";
  return at > wallTime(new Date(now.getTime() + YEAR_MS), timeZone) ? "time_far" : null;
}
