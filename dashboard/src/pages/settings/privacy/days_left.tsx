/** How long there is still for something that a law sets a time for. */
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { formatCount } from "@/lib/format";
import { Badge } from "@/ui/badge";

const SOON_DAYS = 7;
const NOW_DAYS = 3;

/** Whole days; below zero: too late. */
export function DaysLeft({ days }: { days: number }) {
  const { t } = useTranslation("settings");
  const style = useStyle();
  if (days < 0) {
    return <Badge tone="bad">{t("late", { count: -days, shown: formatCount(-days, style) })}</Badge>;
  }
  const tone = days < NOW_DAYS ? "bad" : days < SOON_DAYS ? "warn" : "neutral";
  return <Badge tone={tone}>{t("left", { count: days, shown: formatCount(days, style) })}</Badge>;
}
