/** The posts of the day that is chosen in the calendar. */
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useStyle } from "@/app/style";
import { momentOf, type Post } from "@/hooks/posts";
import { formatHour, formatLongDay } from "@/lib/format";
import { Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { AccountName } from "./account_name";
import { noonOf } from "./days";
import { useSearch } from "./search";

interface Props {
  day: string;
  /** Nothing can be scheduled on it any more. */
  isPast: boolean;
  posts: readonly Post[];
}

const MORNING = "09:00";

export function CalendarDay({ day, isPast, posts }: Props) {
  const { t } = useTranslation("social");
  const [, set] = useSearch();
  const style = useStyle();
  const mayWrite = useMay("developer");
  return (
    <Panel
      title={formatLongDay(noonOf(day), { ...style, timeZone: "UTC" })}
      aside={
        mayWrite &&
        !isPast && (
          <Button size="small" onClick={() => set({ compose: "new", at: `${day}T${MORNING}` })}>
            {t("calendar.add")}
          </Button>
        )
      }
    >
      {posts.length === 0 ? (
        <p className="px-4 py-6 text-center text-muted">{t("calendar.none")}</p>
      ) : (
        <ul className="divide-y divide-line">
          {posts.map((post) => (
            <li key={post.id}>
              <button
                type="button"
                onClick={() => set({ post: post.id })}
                className="grid w-full grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1 px-4 py-2 text-start hover:bg-sunken"
              >
                <span className="tabular text-muted">{formatHour(momentOf(post) ?? post.created_at, style)}</span>
                <AccountName account={post.account} />
                <Status state={post.status} />
                <span className="col-span-3 truncate text-muted" dir="auto">
                  {post.text}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
