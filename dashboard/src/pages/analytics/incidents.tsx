/** Times of trouble, from our own checks and from providers' status pages. */
import { lazy, Suspense, useMemo } from "react";
import { ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useEnvironment } from "@/app/organization_route";
import { useStyle } from "@/app/style";
import { type Incident, useIncidents } from "@/hooks/health";
import { formatDuration } from "@/lib/format";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { FilterBar } from "@/ui/filter_bar";
import { Select } from "@/ui/select";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { ConnectionFilter, useSet } from "./filters";
import { analyticsRoute } from "./route";
import { StatusPages } from "./status_pages";

const IncidentDrawer = lazy(() => import("./incident_drawer").then((module) => ({ default: module.IncidentDrawer })));

type Row = Incident & { connection: { name: string; environment: "sandbox" | "live" } };
const STATES = ["all", "open", "closed"] as const;

export function Incidents() {
  const { t } = useTranslation("analytics");
  const { connection, status, incident } = analyticsRoute.useSearch();
  const set = useSet();
  const shown = STATES.find((each) => each === status) ?? "all";
  const filters = { connection, status: shown === "all" ? undefined : shown, environment: useEnvironment() };
  const incidents = useIncidents(filters);
  const filtered = connection !== undefined || shown !== "all";
  const clear = () => set({ connection: undefined, status: undefined });
  const columns = useColumns();
  return (
    <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-[minmax(0,1fr)_22rem]">
      <div>
        <FilterBar filtered={filtered} onClear={clear}>
          <Select
            compact
            aria-label={t("filter.state")}
            value={shown}
            onChange={(next) => set({ status: next === "all" ? undefined : next })}
            options={STATES.map((value) => ({ value, label: t(`incidents.state.${value}`) }))}
          />
          <ConnectionFilter />
        </FilterBar>
        <Result
          query={incidents}
          isEmpty={({ pages }) => pages[0]?.length === 0}
          empty={
            <div className="rounded-box border border-line bg-surface">
              {filtered ? (
                <NoMatch onClear={clear} />
              ) : (
                <Empty icon={ShieldCheck} title={t("incidents.empty")}>
                  {t("incidents.empty_text")}
                </Empty>
              )}
            </div>
          }
        >
          {({ pages }) => (
            <DataTable
              label={t("incidents.title")}
              columns={columns}
              rows={pages.flat()}
              rowId={({ id }) => id}
              openId={incident ?? null}
              onOpen={({ id }) => set({ incident: id })}
              hasMore={incidents.hasNextPage}
              loadingMore={incidents.isFetchingNextPage}
              onMore={() => void incidents.fetchNextPage()}
            />
          )}
        </Result>
      </div>
      <StatusPages />
      {incident !== undefined && (
        <Suspense>
          <IncidentDrawer id={incident} onClose={() => set({ incident: undefined })} />
        </Suspense>
      )}
    </div>
  );
}

function useColumns(): Column<Row>[] {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  return useMemo(
    () => [
      {
        id: "title",
        header: t("incidents.what"),
        cell: ({ title, connection }) => (
          <span className="flex flex-col gap-0.5">
            <span lang="en" dir="auto" className="font-medium">
              {title}
            </span>
            <span className="flex flex-wrap items-center gap-2 text-[13px] text-muted">
              <bdi>{connection.name}</bdi> <EnvironmentBadge environment={connection.environment} />
            </span>
          </span>
        ),
      },
      { id: "worst", header: t("incidents.worst"), cell: ({ worst_state }) => <Status state={worst_state} /> },
      {
        id: "source",
        header: t("incidents.seen_by"),
        wideOnly: true,
        cell: ({ source }) => t(`incidents.source.${source === "status_page" ? "status_page" : "checks"}`),
      },
      {
        id: "state",
        header: t("filter.state"),
        cell: ({ closed_at }) => <Status state={closed_at === null ? "open" : "resolved"} />,
      },
      { id: "opened", header: t("incidents.began"), end: true, cell: ({ opened_at }) => <Time at={opened_at} /> },
      {
        id: "lasted",
        header: t("incidents.lasted"),
        end: true,
        wideOnly: true,
        cell: ({ opened_at, closed_at }) =>
          closed_at === null ? "–" : formatDuration(Date.parse(closed_at) - Date.parse(opened_at), style),
      },
    ],
    [t, style],
  );
}
