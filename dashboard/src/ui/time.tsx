/** A moment: how long ago it was, and on hover or focus exactly, in the organization's time zone and in UTC. */
import { TICK_MS, useNow, useStyle } from "@/app/style";
import { formatAgo, formatExactTime, formatSecond, formatTime } from "@/lib/format";

export function Time({ at, absolute = false }: { at: string; absolute?: boolean | "seconds" }) {
  const style = useStyle();
  const now = useNow();
  // What has just happened is later than the present time that is shown, which is brought up to date now and then.
  const ahead = new Date(at).getTime() - now.getTime();
  const seen = ahead > 0 && ahead <= TICK_MS ? new Date(at) : now;
  const exact = `${formatExactTime(at, style)}\n${formatExactTime(at, { ...style, timeZone: "UTC" })}`;
  const shown = absolute === "seconds" ? formatSecond(at, style) : formatTime(at, style);
  return (
    <time dateTime={at} title={exact} className="tabular whitespace-nowrap">
      {absolute ? shown : formatAgo(at, style, seen)}
    </time>
  );
}
