/** How long it takes: percentiles of each environment for itself, for they cannot be added up. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { type Figures, type LatencyFigures, useLatency } from "@/hooks/analytics";
import { formatCount, formatDuration } from "@/lib/format";
import { periodsOf } from "@/lib/figure_period";
import { Select } from "@/ui/select";
import { Result } from "@/ui/states";
import type { Column } from "@/ui/table";
import { ChartPanel } from "./chart_panel";
import { chartRows, type Group, groupsOf, type Part, total } from "./figures";
import { TrafficFilters, useLabels, useQuestion, useSet } from "./filters";
import { GroupTable } from "./group_table";
import { NoTraffic } from "./no_traffic";
import { analyticsRoute, PERCENTILES } from "./route";

export function Latency() {
  const question = useQuestion();
  return (
    <>
      <TrafficFilters />
      <Result query={useLatency(question)} empty={<NoTraffic />} isEmpty={({ rows }) => rows.length === 0} lines={8}>
        {(figures) => <Shown figures={figures} />}
      </Result>
    </>
  );
}

type Percentile = (typeof PERCENTILES)[number];
const LINES_SHOWN = 6;

function Shown({ figures: { rows, span } }: { figures: Figures<LatencyFigures> }) {
  const { t } = useTranslation(["analytics", "common"]);
  const style = useStyle();
  const { by } = useQuestion();
  const { percentile = "p95" } = analyticsRoute.useSearch();
  const set = useSet();
  const { time_zone } = useOrganization();
  const columns = useColumns();
  const label = useLabels(by);
  const environments = Map.groupBy(rows, ({ environment }) => environment);
  return (
    <div className="flex flex-col gap-4">
      {[...environments].map(([environment, members]) => {
        const parts = by === null ? percentileParts(members) : groupParts(groupsOf(members, by), percentile, label);
        return (
          <ChartPanel
            key={environment}
            title={t("latency.chart", { environment: t(`common:environment.${environment}`) })}
            aside={
              by !== null && (
                <Select
                  compact
                  aria-label={t("latency.percentile")}
                  value={percentile}
                  onChange={(next) => set({ percentile: next })}
                  options={PERCENTILES.map((value) => ({ value, label: value }))}
                />
              )
            }
            kind="lines"
            series={parts}
            rows={chartRows(periodsOf(span, time_zone), parts, null)}
            span={span}
            format={(value) => formatDuration(value, style)}
          />
        );
      })}
      <GroupTable label={t("latency.table")} groups={groupsOf(rows, by)} by={by} columns={columns} />
      <p className="text-[13px] text-muted">{t("latency.note")}</p>
    </div>
  );
}

/** There is one row for each period: the environment's, or the group's. */
function only(percentile: Percentile) {
  return (members: readonly LatencyFigures[]) => members[0]?.[`${percentile}_ms`] ?? null;
}

function percentileParts(rows: readonly LatencyFigures[]): Part<LatencyFigures>[] {
  return PERCENTILES.map((percentile, index) => ({
    key: percentile,
    label: percentile,
    colour: `--series-${index + 1}`,
    rows,
    figure: only(percentile),
  }));
}

function groupParts(
  groups: readonly Group<LatencyFigures>[],
  percentile: Percentile,
  label: (key: string) => string,
): Part<LatencyFigures>[] {
  return groups.slice(0, LINES_SHOWN).map(({ key, rows }, index) => ({
    key: `s${index}`,
    label: label(key),
    colour: `--series-${index + 1}`,
    rows,
    figure: only(percentile),
  }));
}

function useColumns(): Column<Group<LatencyFigures>>[] {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  return useMemo(() => {
    const most = (
      id: "p50_ms" | "p95_ms" | "p99_ms" | "longest_ms",
      wideOnly = false,
    ): Column<Group<LatencyFigures>> => ({
      id,
      header: t(`latency.${id}`),
      end: true,
      wideOnly,
      cell: ({ rows }) => formatDuration(Math.max(...rows.map((row) => row[id])), style),
    });
    return [
      {
        id: "calls",
        header: t("usage.count"),
        end: true,
        wideOnly: true,
        cell: ({ calls }) => formatCount(calls, style),
      },
      {
        id: "mean",
        header: t("latency.mean"),
        end: true,
        cell: ({ rows, calls }) => formatDuration(total(rows, (row) => row.mean_ms * row.calls) / calls, style),
      },
      most("p50_ms", true),
      most("p95_ms"),
      most("p99_ms"),
      most("longest_ms", true),
    ];
  }, [t, style]);
}
