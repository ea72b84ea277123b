/** The history of one connection: uptime by period, checks and how long they took, changes of its state. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { useConnections } from "@/hooks/connections";
import { type CheckFigures, type UptimeFigures, useHealthHistory, useStateChanges } from "@/hooks/health";
import { formatCount, formatDuration, formatPeriod, formatShare } from "@/lib/format";
import { periodsOf, type Span } from "@/lib/figure_period";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { ChartPanel } from "./chart_panel";
import { chartRows, type Part, total } from "./figures";
import { useQuestion } from "./filters";
import { PERCENTILES } from "./route";
import { Totals } from "./totals";

export function HealthHistory({ connection }: { connection: string }) {
  const { t } = useTranslation("analytics");
  const { range, from, to, zoom } = useQuestion();
  const history = useHealthHistory(connection, { range, from, to, zoom });
  const known = useConnections(null).data?.find(({ id }) => id === connection);
  return (
    <div className="flex flex-col gap-4">
      {known && (
        <h2 className="flex flex-wrap items-center gap-2 text-base font-semibold">
          <bdi>{known.name}</bdi> <Status state={known.health_state} />{" "}
          <EnvironmentBadge environment={known.environment} />
        </h2>
      )}
      <Result query={history} lines={8}>
        {({ span, uptime, checks }) =>
          uptime.length === 0 && checks.length === 0 ? (
            <Empty title={t("health.unwatched")}>{t("health.unwatched_text")}</Empty>
          ) : (
            <>
              <UptimeTotals uptime={uptime} checks={checks} />
              <CheckChart span={span} checks={checks} />
              <UptimeTable span={span} uptime={uptime} checks={checks} />
            </>
          )
        }
      </Result>
      <Changes connection={connection} />
    </div>
  );
}

const SECOND_MS = 1000;

function UptimeTotals({ uptime, checks }: { uptime: readonly UptimeFigures[]; checks: readonly CheckFigures[] }) {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  const up = total(uptime, (row) => row.seconds_up);
  const degraded = total(uptime, (row) => row.seconds_degraded);
  const down = total(uptime, (row) => row.seconds_down);
  const watched = up + degraded + down;
  const time = (seconds: number) => (seconds > 0 ? formatDuration(seconds * SECOND_MS, style) : "–");
  const unwatched = total(uptime, (row) => row.seconds_unknown);
  return (
    <Totals
      label={t("health.totals")}
      totals={[
        { label: t("health.uptime"), value: watched > 0 ? formatShare((up + degraded) / watched, style) : "–" },
        { label: t("health.up"), value: time(up) },
        { label: t("health.degraded"), value: time(degraded) },
        { label: t("health.down"), value: time(down) },
        { label: t("health.unknown"), value: time(unwatched) },
        {
          label: t("health.checks"),
          value: formatCount(
            total(checks, (row) => row.checks),
            style,
          ),
        },
      ]}
    />
  );
}

function CheckChart({ span, checks }: { span: Span; checks: readonly CheckFigures[] }) {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  const { time_zone } = useOrganization();
  // Those of the connection itself; synthetic checks try something else.
  const own = checks.filter(({ capability }) => capability === null);
  const parts = PERCENTILES.map((percentile, index): Part<CheckFigures> => ({
    key: percentile,
    label: percentile,
    colour: `--series-${index + 1}`,
    rows: own,
    figure: (rows) => rows[0]?.[`${percentile}_ms`] ?? null,
  }));
  return (
    <ChartPanel
      title={t("health.chart")}
      kind="lines"
      series={parts}
      rows={chartRows(periodsOf(span, time_zone), parts, null)}
      span={span}
      format={(value) => formatDuration(value, style)}
    />
  );
}

interface TableProps {
  span: Span;
  uptime: readonly UptimeFigures[];
  checks: readonly CheckFigures[];
}

function UptimeTable({ span, uptime, checks }: TableProps) {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  const columns = useMemo((): Column<UptimeFigures>[] => {
    const failed = Map.groupBy(checks, ({ starts_at }) => starts_at);
    const time = (id: "seconds_up" | "seconds_degraded" | "seconds_down" | "seconds_unknown", header: string) => ({
      id,
      header,
      end: true,
      wideOnly: id === "seconds_up" || id === "seconds_unknown",
      cell: (row: UptimeFigures) => (row[id] > 0 ? formatDuration(row[id] * SECOND_MS, style) : "–"),
    });
    return [
      { id: "at", header: t("chart.period"), cell: (row) => formatPeriod(row.starts_at, span.zoom, style) },
      {
        id: "uptime",
        header: t("health.uptime"),
        end: true,
        cell: ({ uptime: share }) => (share === null ? "–" : formatShare(share, style)),
      },
      time("seconds_up", t("health.up")),
      time("seconds_degraded", t("health.degraded")),
      time("seconds_down", t("health.down")),
      time("seconds_unknown", t("health.unknown")),
      {
        id: "failed",
        header: t("health.checks_down"),
        end: true,
        wideOnly: true,
        cell: ({ starts_at }) => {
          const rows = failed.get(starts_at) ?? [];
          const shown = (figure: (row: CheckFigures) => number) => formatCount(total(rows, figure), style);
          return `${shown((row) => row.checks_down)} / ${shown((row) => row.checks)}`;
        },
      },
    ];
  }, [t, style, span.zoom, checks]);
  const newest = useMemo(() => uptime.toReversed(), [uptime]);
  return <DataTable label={t("health.table")} columns={columns} rows={newest} rowId={({ starts_at }) => starts_at} />;
}

function Changes({ connection }: { connection: string }) {
  const { t } = useTranslation("analytics");
  const { range, from, to } = useQuestion();
  const changes = useStateChanges(connection, { range, from, to });
  return (
    <Panel title={t("health.changes")}>
      <Result query={changes} empty={<Empty title={t("health.no_changes")} />}>
        {(rows) => (
          <ol className="divide-y divide-line">
            {rows.map(({ id, state, began_at }) => (
              <li key={id} className="flex flex-wrap items-center justify-between gap-3 px-4 py-2">
                <Status state={state} />
                <span className="flex gap-3 text-[13px] text-muted">
                  <Time at={began_at} absolute />
                </span>
              </li>
            ))}
          </ol>
        )}
      </Result>
    </Panel>
  );
}
