/** How much is called. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { type Figures, type UsageFigures, useUsage } from "@/hooks/analytics";
import { formatCount, formatShare, formatShort } from "@/lib/format";
import { periodsOf } from "@/lib/figure_period";
import { Result } from "@/ui/states";
import type { Column } from "@/ui/table";
import { ChartPanel } from "./chart_panel";
import { chartRows, type Group, groupsOf, partsOf, total } from "./figures";
import { TrafficFilters, useLabels, useQuestion } from "./filters";
import { GroupTable } from "./group_table";
import { NoTraffic } from "./no_traffic";
import { Totals } from "./totals";

export function Usage() {
  const question = useQuestion();
  return (
    <>
      <TrafficFilters />
      <Result query={useUsage(question)} empty={<NoTraffic />} isEmpty={({ rows }) => rows.length === 0} lines={8}>
        {(figures) => <Shown figures={figures} />}
      </Result>
    </>
  );
}

const calls = ({ calls }: UsageFigures) => calls;
const errors = ({ errors }: UsageFigures) => errors;

function Shown({ figures: { rows, span } }: { figures: Figures<UsageFigures> }) {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  const { by, source } = useQuestion();
  const { time_zone } = useOrganization();
  const columns = useColumns();
  const label = useLabels(by);
  const count = (figure: (row: UsageFigures) => number) => formatCount(total(rows, figure), style);
  const all = total(rows, calls);
  const parts = partsOf(rows, by, label, t("chart.others"), (members) => total(members, calls));
  return (
    <div className="flex flex-col gap-4">
      <Totals
        label={t("usage.totals")}
        totals={[
          { label: t(`usage.calls.${source}`), value: count(calls) },
          { label: t("usage.errors"), value: count(errors) },
          { label: t("usage.error_rate"), value: all > 0 ? formatShare(total(rows, errors) / all, style) : "–" },
          { label: t("usage.throttled"), value: count((row) => row.throttled) },
          { label: t("usage.retried"), value: count((row) => row.retried) },
          { label: t("usage.unknown"), value: count((row) => row.unknown) },
        ]}
      />
      <ChartPanel
        title={t(`usage.chart.${source}`)}
        kind="columns"
        series={parts}
        rows={chartRows(periodsOf(span, time_zone), parts, 0)}
        span={span}
        format={(value) => (value < 10_000 ? formatCount(value, style) : formatShort(value, style))}
      />
      <GroupTable label={t("usage.table")} groups={groupsOf(rows, by)} by={by} columns={columns} />
    </div>
  );
}

function useColumns(): Column<Group<UsageFigures>>[] {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  return useMemo(() => {
    const column = (id: "throttled" | "retried" | "unknown"): Column<Group<UsageFigures>> => ({
      id,
      header: t(`usage.${id}`),
      end: true,
      wideOnly: true,
      cell: ({ rows }) =>
        formatCount(
          total(rows, (row) => row[id]),
          style,
        ),
    });
    return [
      { id: "calls", header: t("usage.count"), end: true, cell: ({ calls }) => formatCount(calls, style) },
      {
        id: "errors",
        header: t("usage.errors"),
        end: true,
        cell: ({ rows }) => formatCount(total(rows, errors), style),
      },
      {
        id: "error_rate",
        header: t("usage.error_rate"),
        end: true,
        cell: ({ rows, calls }) => (calls > 0 ? formatShare(total(rows, errors) / calls, style) : "–"),
      },
      column("throttled"),
      column("retried"),
      column("unknown"),
    ];
  }, [t, style]);
}
