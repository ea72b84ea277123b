/** What the hub tells its members; each has marks of their own. */
import { useMemo } from "react";
import { Link } from "@tanstack/react-router";
import { CheckCheck, Inbox as Tray } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { type InboxEntry, isUnread, useInbox, useMarkRead } from "@/hooks/alerts";
import { cx } from "@/lib/cx";
import { Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { tellProblem } from "@/ui/toast";
import { useStepName } from "./alert_history";

export function Inbox() {
  const { t } = useTranslation("analytics");
  const inbox = useInbox();
  const mark = useMarkRead();
  const unread = useMemo(() => inbox.data?.pages.flat().filter(isUnread) ?? [], [inbox.data]);
  const read = (entries: readonly InboxEntry[]) =>
    mark.mutate(
      entries.map(({ id }) => id),
      { onError: tellProblem },
    );
  return (
    <Panel
      title={t("inbox.title")}
      aside={
        unread.length > 0 && (
          <Button size="small" onClick={() => read(unread)}>
            <CheckCheck className="size-4" aria-hidden />
            {t("inbox.all_read")}
          </Button>
        )
      }
    >
      <Result
        query={inbox}
        isEmpty={({ pages }) => pages[0]?.length === 0}
        empty={
          <Empty icon={Tray} title={t("inbox.empty")}>
            {t("inbox.empty_text")}
          </Empty>
        }
      >
        {({ pages }) => (
          <>
            <ul className="divide-y divide-line">
              {pages.flat().map((entry) => (
                <Line key={entry.id} entry={entry} onRead={() => read([entry])} />
              ))}
            </ul>
            {inbox.hasNextPage && (
              <div className="flex justify-center border-t border-line p-3">
                <Button busy={inbox.isFetchingNextPage} onClick={() => void inbox.fetchNextPage()}>
                  {t("inbox.more")}
                </Button>
              </div>
            )}
          </>
        )}
      </Result>
    </Panel>
  );
}

function Line({ entry, onRead }: { entry: InboxEntry; onRead: () => void }) {
  const { t } = useTranslation("analytics");
  const { slug } = useOrganization();
  const step = useStepName();
  const unread = isUnread(entry);
  return (
    <li className={cx("flex items-start gap-3 px-4 py-2.5", unread && "bg-accent-soft/40")}>
      <span aria-hidden className={cx("mt-2 size-2 shrink-0 rounded-full", unread ? "bg-accent" : "bg-transparent")} />
      <div className="min-w-0 grow">
        <Link
          to="/o/$slug/analytics"
          params={{ slug }}
          search={{ tab: "alerts", status: "all", alert: entry.alert_id }}
          onClick={() => {
            if (unread) onRead();
          }}
          className={cx("break-words hover:underline", unread && "font-semibold")}
          lang="en"
          dir="auto"
        >
          {entry.alert.title}
        </Link>
        <span className="flex flex-wrap items-center gap-2 text-[13px] text-muted">
          {unread && <span className="sr-only">{t("inbox.unread")}</span>}
          {step(entry.transition)} <Status state={entry.severity} /> <Time at={entry.created_at} />
        </span>
      </div>
      {unread && (
        <Button look="quiet" size="small" onClick={onRead}>
          {t("inbox.read")}
        </Button>
      )}
    </li>
  );
}
