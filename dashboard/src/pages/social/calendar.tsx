/** The calendar: what is, or was, to be published, by month or week, in the organization's time zone. */
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useNow, useStyle } from "@/app/style";
import { momentOf, MOST_AT_ONCE, type Post, usePostsBetween } from "@/hooks/posts";
import { firstWeekday, formatDay, formatMonth, wallTime } from "@/lib/format";
import { Button } from "@/ui/button";
import { Select } from "@/ui/select";
import { Result } from "@/ui/states";
import { CalendarDay } from "./calendar_day";
import { CalendarGrid } from "./calendar_grid";
import { isDay, noonOf, plusDays, plusMonths, weeksShown } from "./days";
import { useSearch } from "./search";

export function Calendar() {
  const { t } = useTranslation("social");
  const [search, set] = useSearch();
  const style = useStyle();
  const { country, time_zone } = useOrganization();
  const today = wallTime(useNow(), time_zone).slice(0, 10);
  const day = isDay(search.day) ? search.day : today;
  const view = search.view ?? "month";
  const weeks = weeksShown(day, view, firstWeekday(style, country));
  const first = weeks[0]?.[0] ?? day;
  const last = weeks.at(-1)?.[6] ?? day;
  // A day longer at either end than any time zone needs; what is outside is not shown.
  const posts = usePostsBetween(
    noonOf(plusDays(first, -1)).toISOString(),
    noonOf(plusDays(last, 1)).toISOString(),
    useEnvironment(),
  );
  const choose = (next: string) => set({ day: next });
  const move = (by: 1 | -1) => choose(view === "month" ? plusMonths(day, by) : plusDays(day, by * 7));
  const utc = { ...style, timeZone: "UTC" };
  const title =
    view === "month"
      ? formatMonth(noonOf(day), utc)
      : t("calendar.week_of", { first: formatDay(noonOf(first), utc), last: formatDay(noonOf(last), utc) });
  return (
    <section aria-label={t("tabs.calendar")}>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <h2 className="me-auto text-base font-semibold" aria-live="polite">
          {title}
        </h2>
        <Button size="icon" aria-label={t(`calendar.previous_${view}`)} onClick={() => move(-1)}>
          <ChevronLeft className="size-4 rtl:-scale-x-100" aria-hidden />
        </Button>
        <Button size="small" className="h-8" onClick={() => choose(today)}>
          {t("calendar.today")}
        </Button>
        <Button size="icon" aria-label={t(`calendar.next_${view}`)} onClick={() => move(1)}>
          <ChevronRight className="size-4 rtl:-scale-x-100" aria-hidden />
        </Button>
        <Select
          compact
          aria-label={t("calendar.view")}
          value={view}
          onChange={(value) => set({ view: value })}
          options={(["month", "week"] as const).map((value) => ({ value, label: t(`calendar.${value}`) }))}
        />
      </div>
      <Result query={posts} lines={12}>
        {(all) => {
          const byDay = Map.groupBy(inOrder(all), (post) => wallTime(momentOf(post) ?? "", time_zone).slice(0, 10));
          return (
            <div className="flex flex-col gap-4">
              {all.length === MOST_AT_ONCE && (
                <p role="status" className="rounded-box bg-warn-soft px-3 py-2 text-warn">
                  {t("calendar.crowded", { most: MOST_AT_ONCE })}
                </p>
              )}
              <CalendarGrid
                label={title}
                weeks={weeks}
                day={day}
                today={today}
                month={view === "month" ? day.slice(0, 7) : null}
                postsOf={(each) => byDay.get(each) ?? []}
                onChoose={choose}
                onMonth={(by) => choose(plusMonths(day, by))}
                onOpen={(post) => set({ post: post.id })}
              />
              <CalendarDay day={day} isPast={day < today} posts={byDay.get(day) ?? []} />
              <p className="text-[13px] text-muted">{t("calendar.zone", { zone: time_zone })}</p>
            </div>
          );
        }}
      </Result>
    </section>
  );
}

function inOrder(posts: readonly Post[]): Post[] {
  return posts
    .filter((post) => momentOf(post) !== null)
    .toSorted((a, b) => new Date(momentOf(a) ?? 0).getTime() - new Date(momentOf(b) ?? 0).getTime());
}
