/** A moment: how long ago it was, and on hover or focus exactly, in the organization's time zone and in UTC. */
import { useNow, useStyle } from "@/app/style";
import { formatAgo, formatExactTime, formatSecond, formatTime } from "@/lib/format";

export function Time({ at, absolute = false }: { at: string; absolute?: boolean | "seconds" }) {
  const style = useStyle();
  const now = useNow();
  const exact = `${formatExactTime(at, style)}\n${formatExactTime(at, { ...style, timeZone: "UTC" })}`;
  const shown = absolute === "seconds" ? formatSecond(at, style) : formatTime(at, style);
  return (
    <time dateTime={at} title={exact} className="tabular whitespace-nowrap">
      {absolute ? shown : formatAgo(at, style, now)}
    </time>
  );
}
