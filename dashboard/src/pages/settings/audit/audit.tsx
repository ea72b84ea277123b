/** Who changed what: the log, narrowed by the address, checked, and kept as a file. */
import { lazy, Suspense, useMemo } from "react";
import { ScrollText } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { type AuditFilters, type AuditLine, useAuditLog } from "@/hooks/audit";
import { FilterBar } from "@/ui/filter_bar";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { ActorName } from "../member_name";
import { settingsRoute } from "../route";
import type { Search } from "../search";
import { useSet } from "../parts";
import { filtersOf } from "./filters";
import { Filters } from "./filter_controls";
import { Export } from "./export";
import { Verify } from "./verify";

const LineDrawer = lazy(() => import("./line_drawer").then((module) => ({ default: module.LineDrawer })));

const NONE = {
  actor: undefined,
  action: undefined,
  target: undefined,
  target_id: undefined,
  from: undefined,
  to: undefined,
} satisfies Partial<Search>;

export function Audit() {
  const { t } = useTranslation("settings");
  const { time_zone } = useOrganization();
  const search = settingsRoute.useSearch();
  const set = useSet();
  const filters = useMemo((): AuditFilters => filtersOf(search, time_zone), [search, time_zone]);
  const filtered = (Object.keys(NONE) as (keyof typeof NONE)[]).some((name) => search[name] !== undefined);
  const lines = useAuditLog(filters);
  const columns = useColumns();
  return (
    <>
      <Verify />
      <div>
        <FilterBar filtered={filtered} onClear={() => set(NONE)} aside={<Export filters={filters} />}>
          <Filters search={search} set={set} />
        </FilterBar>
        <Result
          query={lines}
          isEmpty={({ pages }) => pages[0]?.length === 0}
          lines={10}
          empty={
            filtered ? (
              <NoMatch onClear={() => set(NONE)} />
            ) : (
              <Empty icon={ScrollText} title={t("audit.empty")}>
                {t("audit.empty_text")}
              </Empty>
            )
          }
        >
          {({ pages }) => (
            <DataTable
              label={t("tab.audit")}
              columns={columns}
              rows={pages.flat()}
              rowId={({ id }) => id}
              openId={search.open ?? null}
              onOpen={({ id }) => set({ open: id })}
              hasMore={lines.hasNextPage}
              loadingMore={lines.isFetchingNextPage}
              onMore={() => void lines.fetchNextPage()}
            />
          )}
        </Result>
      </div>
      {search.open !== undefined && (
        <Suspense>
          <LineDrawer id={search.open} onClose={() => set({ open: undefined })} />
        </Suspense>
      )}
    </>
  );
}

function useColumns(): Column<AuditLine>[] {
  const { t } = useTranslation("settings");
  return useMemo(
    () => [
      { id: "at", header: t("audit.at"), cell: ({ occurred_at }) => <Time at={occurred_at} /> },
      {
        id: "who",
        header: t("audit.who"),
        cell: ({ actor_type, actor_id }) => <ActorName actor={`${actor_type}:${actor_id ?? ""}`} />,
      },
      {
        id: "what",
        header: t("audit.what"),
        cell: ({ action }) => (
          <code className="font-mono text-[13px] whitespace-nowrap" dir="ltr">
            {action}
          </code>
        ),
      },
      {
        id: "on",
        header: t("audit.on"),
        wideOnly: true,
        cell: ({ target_type, target_id }) => (
          <span dir="ltr" className="font-mono text-xs whitespace-nowrap text-muted" title={target_id}>
            {target_type} {target_id.length > 14 ? `${target_id.slice(0, 8)}…` : target_id}
          </span>
        ),
      },
      {
        id: "number",
        header: t("audit.number"),
        end: true,
        wideOnly: true,
        cell: ({ sequence }) => <span className="text-muted">{sequence}</span>,
      },
    ],
    [t],
  );
}
