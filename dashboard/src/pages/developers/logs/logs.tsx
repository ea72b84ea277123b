/** Every call to a provider: found by connection, status, operation, time, request or trace; new ones come in on top. */
import { useEffect, useMemo, useState } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { ArrowUp, Radio } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useConnectionNames } from "@/hooks/connections";
import {
  isGap,
  logKeys,
  type LogFilters,
  type LogLine,
  STATUS_CLASSES,
  useCalledOperations,
  useLogs,
  useLogTail,
  withTail,
} from "@/hooks/logs";
import { Button } from "@/ui/button";
import { Empty, NoMatch, Result } from "@/ui/states";
import { DataTable } from "@/ui/table";
import { developersRoute } from "../route";
import { useLogColumns } from "./columns";
import { LogDrawer } from "./log_drawer";
import { LogFilterBar } from "./filters";
import { beginningOf, rangeOf, timeIn } from "./time_range";

const TOP_PX = 24;

export function Logs() {
  const { t } = useTranslation("developers");
  const search = developersRoute.useSearch();
  const navigate = developersRoute.useNavigate();
  const environment = useEnvironment();
  const connections = useConnectionNames();
  const range = rangeOf(search.range);
  // The beginning stays while the list is looked at: what grows old does not fall out under the reader's eyes.
  const beginning = useMemo(() => beginningOf(range, new Date()), [range]);
  const since = timeIn(search.since) ?? beginning;
  const operations = useCalledOperations(since);
  const filters: LogFilters = {
    connection: search.connection,
    among:
      environment && (connections.data ?? []).filter((each) => each.environment === environment).map(({ id }) => id),
    status: STATUS_CLASSES.find((each) => each === search.status),
    operation: search.call,
    since,
    until: timeIn(search.until),
    text: search.q?.trim() ? search.q : undefined,
  };
  const clear = () => void navigate({ search: { tab: "logs" } });
  const filtered = [search.connection, search.status, search.call, search.q, search.since, search.until].some(Boolean);
  return (
    <>
      <LogFilterBar
        connections={connections.data ?? []}
        operations={operations.data ?? []}
        filtered={filtered}
        onClear={clear}
      />
      {/* Which connections are of the environment has to be known before anything can be asked. */}
      <Result query={connections} lines={8}>
        {(names) => (
          <List
            key={JSON.stringify(filters)}
            filters={filters}
            names={new Map(names.map((each) => [each.id, each.name]))}
            openId={search.log}
            onOpen={(log) => void navigate({ search: (before) => ({ ...before, log }) })}
            empty={
              filtered ? (
                <NoMatch onClear={clear} />
              ) : (
                <Empty
                  title={t("logs.empty")}
                  action={
                    range !== "30d" && (
                      <Button onClick={() => void navigate({ search: (before) => ({ ...before, range: "30d" }) })}>
                        {t("logs.look_further")}
                      </Button>
                    )
                  }
                >
                  {t("logs.empty_text")}
                </Empty>
              )
            }
          />
        )}
      </Result>
      {search.log !== undefined && (
        <LogDrawer
          key={search.log}
          logId={search.log}
          connectionName={(id) => connections.data?.find((each) => each.id === id)?.name}
          onClose={() => void navigate({ search: (before) => ({ ...before, log: undefined }) })}
          onTrace={(trace) => void navigate({ search: { tab: "logs", q: trace, range: "30d" } })}
        />
      )}
    </>
  );
}

interface ListProps {
  filters: LogFilters;
  names: ReadonlyMap<string, string>;
  openId: string | undefined;
  onOpen: (logId: string) => void;
  empty: React.ReactNode;
}

function List({ filters, names, openId, onOpen, empty }: ListProps) {
  const { t } = useTranslation("developers");
  const { id } = useOrganization();
  const client = useQueryClient();
  const columns = useLogColumns(names);
  const [atTop, setAtTop] = useState(true);
  // A span that is over gets nothing new.
  const isLive = filters.until === undefined;
  const logs = useLogs(filters, true);
  const tail = useLogTail(filters, isLive && logs.data !== undefined);
  const pages = useMemo(() => logs.data?.pages.flat() ?? [], [logs.data]);
  const [seen, setSeen] = useState<readonly LogLine[]>([]);
  const fresh = tail.data;
  // What is new is let in while the top is looked at; further down nothing moves.
  if (atTop && fresh !== undefined && seen !== fresh) setSeen(fresh);
  const gap = fresh !== undefined && atTop && isGap(pages, fresh);
  useEffect(() => {
    if (gap) void client.resetQueries({ queryKey: logKeys.list(id, filters) });
    // The filters are those of the component's key.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [gap, client, id]);
  const rows = useMemo(() => withTail(pages, seen), [pages, seen]);
  const waiting = useMemo(() => (fresh ? withTail(rows, fresh).length - rows.length : 0), [rows, fresh]);
  return (
    <div
      className="relative"
      // Scrolling does not bubble; it is seen on its way down.
      onScrollCapture={(event) => setAtTop((event.target as HTMLElement).scrollTop < TOP_PX)}
    >
      <p className="mb-2 flex min-h-6 items-center gap-1.5 text-[13px] text-muted" aria-live="polite">
        <Radio className={isLive && atTop ? "size-3.5 text-good" : "size-3.5"} aria-hidden />
        {t(!isLive ? "logs.ended" : atTop ? "logs.live" : "logs.paused")}
        {waiting > 0 && (
          <Button
            size="small"
            onClick={(event) => {
              const scroller = event.currentTarget.closest("div")?.querySelector(":scope > div");
              scroller?.scrollTo({ top: 0 });
              setAtTop(true);
            }}
          >
            <ArrowUp className="size-3.5" aria-hidden />
            {t("logs.new", { count: waiting })}
          </Button>
        )}
      </p>
      <Result query={logs} lines={10}>
        {() =>
          rows.length === 0 ? (
            empty
          ) : (
            <DataTable
              label={t("tabs.logs")}
              columns={columns}
              rows={rows}
              rowId={(line) => line.id}
              openId={openId ?? null}
              onOpen={(line) => onOpen(line.id)}
              hasMore={logs.hasNextPage}
              loadingMore={logs.isFetchingNextPage}
              onMore={() => void logs.fetchNextPage()}
            />
          )
        }
      </Result>
    </div>
  );
}
