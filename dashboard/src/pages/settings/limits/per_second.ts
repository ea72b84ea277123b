/** Rates as people say them: a slow one by the minute or hour. */
import type { Style } from "@/lib/format";

const MINUTE = 60;
const HOUR = 3600;
const SHORT = { en: { second: "/s", minute: "/min", hour: "/h" }, ar: { second: "/ث", minute: "/د", hour: "/س" } };

/** 25/s, 30/min, 5/h: in the smallest unit of time in which it is one or more. */
export function formatPerSecond(perSecond: number, { language }: Pick<Style, "language">): string {
  const [value, unit] =
    perSecond >= 1
      ? ([perSecond, "second"] as const)
      : perSecond * MINUTE >= 1
        ? ([perSecond * MINUTE, "minute"] as const)
        : ([perSecond * HOUR, "hour"] as const);
  const locale = language === "ar" ? "ar-AE-u-nu-latn" : "en-AE";
  return `${value.toLocaleString(locale, { maximumFractionDigits: 2 })}${SHORT[language][unit]}`;
}
