/** Alerts: what went wrong and needs somebody, and what is over. */
import { lazy, Suspense, useMemo } from "react";
import { Link } from "@tanstack/react-router";
import { BellOff, ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useNow, useStyle } from "@/app/style";
import { useAlertRules } from "@/hooks/alert_rules";
import { type Alert, ALERT_STATES, alertState, type AlertState, SEVERITIES, useAlerts } from "@/hooks/alerts";
import { formatCount } from "@/lib/format";
import { Badge, EnvironmentBadge, Status } from "@/ui/badge";
import { FilterBar } from "@/ui/filter_bar";
import { Select } from "@/ui/select";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { ConnectionFilter, useSet } from "./filters";
import { analyticsRoute } from "./route";

const AlertDrawer = lazy(() => import("./alert_drawer").then((module) => ({ default: module.AlertDrawer })));

type Row = Alert & { connection: { name: string; environment: "sandbox" | "live" } | null };
const ANY = "any";

export function Alerts() {
  const { t } = useTranslation(["analytics", "common"]);
  const { slug } = useOrganization();
  const { connection, status, severity, rule, alert } = analyticsRoute.useSearch();
  const set = useSet();
  const state: AlertState = ALERT_STATES.find((each) => each === status) ?? "active";
  const alerts = useAlerts({ state, severity, connection, rule });
  const filtered = state !== "active" || [severity, connection, rule].some((each) => each !== undefined);
  const columns = useColumns();
  const clear = () => set({ status: undefined, severity: undefined, connection: undefined, rule: undefined });
  return (
    <>
      <FilterBar
        filtered={filtered}
        onClear={clear}
        aside={
          <Link
            to="/o/$slug/settings"
            params={{ slug }}
            search={{ tab: "alerts" }}
            className="text-[13px] text-accent-strong hover:underline"
          >
            {t("alerts.channels")}
          </Link>
        }
      >
        <Select
          compact
          aria-label={t("filter.state")}
          value={state}
          onChange={(next) => set({ status: next === "active" ? undefined : next })}
          options={ALERT_STATES.map((value) => ({ value, label: t(`alerts.state.${value}`) }))}
        />
        <Select
          compact
          aria-label={t("filter.severity")}
          value={severity ?? ANY}
          onChange={(next) => set({ severity: next === ANY ? undefined : next })}
          options={[
            { value: ANY, label: t("filter.any_severity") },
            ...SEVERITIES.toReversed().map((value) => ({ value, label: t(`common:status.${value}`) })),
          ]}
        />
        <ConnectionFilter />
        {rule !== undefined && <RuleName id={rule} />}
      </FilterBar>
      <Result
        query={alerts}
        isEmpty={({ pages }) => pages[0]?.length === 0}
        empty={
          <div className="rounded-box border border-line bg-surface">
            {filtered ? (
              <NoMatch onClear={clear} />
            ) : (
              <Empty icon={ShieldCheck} title={t("alerts.empty")}>
                {t("alerts.empty_text")}
              </Empty>
            )}
          </div>
        }
      >
        {({ pages }) => (
          <DataTable
            label={t("tab.alerts")}
            columns={columns}
            rows={pages.flat()}
            rowId={({ id }) => id}
            openId={alert ?? null}
            onOpen={({ id }) => set({ alert: id })}
            hasMore={alerts.hasNextPage}
            loadingMore={alerts.isFetchingNextPage}
            onMore={() => void alerts.fetchNextPage()}
          />
        )}
      </Result>
      {alert !== undefined && (
        <Suspense>
          <AlertDrawer key={alert} id={alert} onClose={() => set({ alert: undefined })} />
        </Suspense>
      )}
    </>
  );
}

function RuleName({ id }: { id: string }) {
  const { t } = useTranslation("analytics");
  const name = useAlertRules().data?.find((rule) => rule.id === id)?.name;
  return (
    <span className="text-[13px] text-muted">
      {t("filter.rule")} <bdi className="font-medium text-ink">{name ?? id.slice(0, 8)}</bdi>
    </span>
  );
}

function useColumns(): Column<Row>[] {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  const now = useNow();
  return useMemo(
    () => [
      { id: "severity", header: t("filter.severity"), cell: ({ severity }) => <Status state={severity} /> },
      {
        id: "title",
        header: t("alerts.what"),
        cell: ({ title, connection }) => (
          <span className="flex flex-col gap-0.5">
            <span lang="en" dir="auto" className="font-medium break-words">
              {title}
            </span>
            {connection && (
              <span className="flex flex-wrap items-center gap-2 text-[13px] text-muted">
                <bdi>{connection.name}</bdi> <EnvironmentBadge environment={connection.environment} />
              </span>
            )}
          </span>
        ),
      },
      {
        id: "state",
        header: t("filter.state"),
        cell: (alert) => (
          <span className="inline-flex flex-wrap gap-1">
            <Status state={alertState(alert, now)} />
            {(alert.muted_by === "maintenance" || alert.muted_by === "cause") && (
              <Badge icon={BellOff}>{t(`alerts.muted.${alert.muted_by}`)}</Badge>
            )}
          </span>
        ),
      },
      {
        id: "occurrences",
        header: t("alerts.occurrences"),
        end: true,
        wideOnly: true,
        cell: ({ occurrences }) => formatCount(occurrences, style),
      },
      {
        id: "first",
        header: t("alerts.first_seen"),
        end: true,
        wideOnly: true,
        cell: ({ first_seen_at }) => <Time at={first_seen_at} />,
      },
      { id: "last", header: t("alerts.last_seen"), end: true, cell: ({ last_seen_at }) => <Time at={last_seen_at} /> },
    ],
    [t, style, now],
  );
}
