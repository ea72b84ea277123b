/**
 * The days as a grid. Arrows move from day to day as the eye does, in Arabic mirrored; Home and End to the week's ends, Page
 * Up and Down by months. The chosen day's posts stand below the grid, where every key reaches them.
 */
import { type KeyboardEvent, useEffect, useRef } from "react";
import { CircleAlert, CircleCheck, CircleDashed, Clock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useReadingDirection, useStyle } from "@/app/style";
import { momentOf, type Post } from "@/hooks/posts";
import { cx } from "@/lib/cx";
import { formatHour, formatLongDay, formatWeekday } from "@/lib/format";
import { noonOf, plusDays } from "./days";

interface Props {
  label: string;
  weeks: readonly (readonly string[])[];
  /** The chosen one. */
  day: string;
  today: string;
  /** Days outside of it are dim; null: none is. */
  month: string | null;
  postsOf: (day: string) => readonly Post[];
  onChoose: (day: string) => void;
  onMonth: (by: 1 | -1) => void;
  onOpen: (post: Post) => void;
}

export function CalendarGrid({ label, weeks, day, today, month, postsOf, onChoose, onMonth, onOpen }: Props) {
  const style = useStyle();
  const utc = { ...style, timeZone: "UTC" };
  const forward = useReadingDirection() === "rtl" ? -1 : 1;
  const grid = useRef<HTMLTableElement>(null);
  // Set by keys alone: a grid that is only looked at takes nobody's focus.
  const follow = useRef(false);
  useEffect(() => {
    if (follow.current) grid.current?.querySelector<HTMLElement>(`[data-day="${day}"]`)?.focus();
    follow.current = false;
  }, [day]);
  const onKeyDown = (event: KeyboardEvent) => {
    const week = weeks.find((each) => each.includes(day)) ?? [];
    const moves: Record<string, () => void> = {
      ArrowRight: () => onChoose(plusDays(day, forward)),
      ArrowLeft: () => onChoose(plusDays(day, -forward)),
      ArrowDown: () => onChoose(plusDays(day, 7)),
      ArrowUp: () => onChoose(plusDays(day, -7)),
      Home: () => onChoose(week[0] ?? day),
      End: () => onChoose(week[6] ?? day),
      PageUp: () => onMonth(-1),
      PageDown: () => onMonth(1),
    };
    const move = moves[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    follow.current = true;
    move();
  };
  return (
    <table
      ref={grid}
      role="grid"
      aria-label={label}
      className="w-full table-fixed border-separate border-spacing-0 rounded-box border border-line bg-surface"
      onKeyDown={onKeyDown}
    >
      <thead>
        <tr>
          {weeks[0]?.map((each) => (
            <th
              key={each}
              scope="col"
              className="border-b border-line px-2 py-1.5 text-start text-xs font-medium text-muted"
            >
              {formatWeekday(noonOf(each), utc)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]}>
            {week.map((each) => (
              <Day
                key={each}
                day={each}
                chosen={each === day}
                isToday={each === today}
                dim={month !== null && !each.startsWith(month)}
                posts={postsOf(each)}
                most={month === null ? 30 : 3}
                label={formatLongDay(noonOf(each), utc)}
                onChoose={() => onChoose(each)}
                onOpen={onOpen}
              />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface DayProps {
  day: string;
  chosen: boolean;
  isToday: boolean;
  dim: boolean;
  posts: readonly Post[];
  /** How many are named; the others are counted. */
  most: number;
  label: string;
  onChoose: () => void;
  onOpen: (post: Post) => void;
}

function Day({ day, chosen, isToday, dim, posts, most, label, onChoose, onOpen }: DayProps) {
  const { t } = useTranslation("social");
  const shown = posts.slice(0, posts.length > most ? most - 1 : most);
  return (
    <td
      role="gridcell"
      data-day={day}
      tabIndex={chosen ? 0 : -1}
      aria-selected={chosen}
      aria-current={isToday ? "date" : undefined}
      onClick={onChoose}
      className={cx(
        "cursor-pointer border-b border-line p-1 align-top -outline-offset-2 not-first:border-s hover:bg-sunken",
        most > 3 ? "h-64 max-sm:h-14" : "h-28 max-sm:h-14",
        chosen && "bg-accent-soft",
      )}
    >
      <span className="sr-only">
        {label}: {t("calendar.posts", { count: posts.length })}
      </span>
      <div className="flex items-center justify-between" aria-hidden>
        <span
          className={cx(
            "tabular inline-flex size-6 items-center justify-center rounded-full text-[13px]",
            isToday ? "bg-accent font-semibold text-accent-ink" : dim && !chosen ? "text-muted" : "text-ink",
          )}
        >
          {Number(day.slice(8))}
        </span>
        {posts.length > 0 && (
          <span className="tabular rounded-full bg-sunken px-1.5 text-xs text-ink sm:hidden">{posts.length}</span>
        )}
      </div>
      <ul className="mt-0.5 flex flex-col gap-0.5 max-sm:hidden">
        {shown.map((post) => (
          <li key={post.id}>
            <Chip post={post} onOpen={onOpen} />
          </li>
        ))}
        {posts.length > shown.length && (
          <li className="px-1 text-xs text-muted">{t("calendar.more", { count: posts.length - shown.length })}</li>
        )}
      </ul>
    </td>
  );
}

const LOOKS = {
  published: [CircleCheck, "bg-good-soft text-good"],
  failed: [CircleAlert, "bg-bad-soft text-bad"],
  draft: [CircleDashed, "bg-sunken text-ink"],
  scheduled: [Clock, "bg-info-soft text-info"],
  publishing: [Clock, "bg-info-soft text-info"],
  cancelled: [CircleDashed, "bg-sunken text-ink"],
  deleted: [CircleDashed, "bg-sunken text-ink"],
} as const;

/** For the mouse: keys find the same post below the grid. */
function Chip({ post, onOpen }: { post: Post; onOpen: (post: Post) => void }) {
  const style = useStyle();
  const { t } = useTranslation("common");
  const [Icon, look] = LOOKS[post.status];
  const at = momentOf(post);
  return (
    <button
      type="button"
      tabIndex={-1}
      title={`${t(`status.${post.status}`)} · ${post.account.name}\n${post.text}`}
      onClick={(event) => {
        event.stopPropagation();
        onOpen(post);
      }}
      className={cx("flex w-full items-center gap-1 rounded px-1 py-0.5 text-start text-xs", look)}
    >
      <Icon className="size-3 shrink-0" aria-label={t(`status.${post.status}`)} />
      {at !== null && <span className="tabular shrink-0">{formatHour(at, style)}</span>}
      <span className="truncate" dir="auto">
        {post.account.name}
      </span>
    </button>
  );
}
