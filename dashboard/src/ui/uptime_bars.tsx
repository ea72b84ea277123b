/** Thirty days as thirty bars: a list, so that a screen reader can walk it; the words say what the colours do. */
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { cx } from "@/lib/cx";
import { formatDay, formatShare } from "@/lib/format";

export interface UptimeDay {
  /** When the day begins. */
  startsAt: Date;
  /** The share of the watched time in which it was not down; null: not watched. */
  uptime: number | null;
  degraded: boolean;
}

const FINE = 0.999;
const POOR = 0.95;

export function UptimeBars({ days, label }: { days: readonly UptimeDay[]; label: string }) {
  const { t } = useTranslation();
  const style = useStyle();
  return (
    <ol aria-label={label} className="flex h-6 items-stretch gap-[2px]">
      {days.map((day) => {
        const told = day.uptime === null ? t("uptime.unwatched") : formatShare(day.uptime, style);
        const text = `${formatDay(day.startsAt, style)}: ${told}${day.degraded ? `, ${t("status.degraded")}` : ""}`;
        return (
          <li key={day.startsAt.getTime()} title={text} className={cx("w-[5px] rounded-[2px]", colour(day))}>
            <span className="sr-only">{text}</span>
          </li>
        );
      })}
    </ol>
  );
}

function colour({ uptime, degraded }: UptimeDay): string {
  if (uptime === null) return "bg-idle-fill";
  if (uptime < POOR) return "bg-bad-fill";
  return uptime < FINE || degraded ? "bg-warn-fill" : "bg-good-fill";
}
