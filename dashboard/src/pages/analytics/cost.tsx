/** What payments and shipments cost, one currency at a time: told by gateway or carrier, else by the fee model. */
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { type CostFigures, costSpan, type Figures, useCosts } from "@/hooks/analytics";
import { plus } from "@/lib/decimal";
import { formatCount, formatMoney } from "@/lib/format";
import { periodsOf } from "@/lib/figure_period";
import { EnvironmentBadge } from "@/ui/badge";
import { FilterBar } from "@/ui/filter_bar";
import { Money } from "@/ui/money";
import { Select } from "@/ui/select";
import { Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { ChartPanel } from "./chart_panel";
import { chartRows, type Part, total } from "./figures";
import { ConnectionFilter, ProviderFilter, TimeFilters, useLabels, useQuestion, useSet } from "./filters";
import { NoTraffic } from "./no_traffic";
import { analyticsRoute } from "./route";
import { Totals } from "./totals";

export function Cost() {
  const { t } = useTranslation("analytics");
  const { environment, provider, connection, range, from, to, zoom } = useQuestion();
  const { time_zone } = useOrganization();
  const set = useSet();
  const span = costSpan({ range, from, to, zoom }, time_zone);
  const costs = useCosts({ environment, provider, connection, range, from, to, zoom });
  return (
    <>
      <FilterBar
        filtered={provider !== undefined || connection !== undefined}
        onClear={() => set({ provider: undefined, connection: undefined })}
      >
        <TimeFilters zooms={span.zooms} zoom={span.zoom} />
        <ProviderFilter />
        <ConnectionFilter />
      </FilterBar>
      <Result
        query={costs}
        empty={<NoTraffic title={t("cost.empty")} />}
        isEmpty={({ rows }) => rows.length === 0}
        lines={8}
      >
        {(figures) => <Shown figures={figures} />}
      </Result>
    </>
  );
}

function Shown({ figures: { rows: all, span } }: { figures: Figures<CostFigures> }) {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  const set = useSet();
  const { time_zone } = useOrganization();
  const search = analyticsRoute.useSearch();
  const currencies = currenciesOf(all);
  const currency = currencies.find((each) => each === search.currency) ?? currencies[0] ?? "AED";
  const rows = all.filter((row) => row.currency === currency);
  const sum = (figure: "told" | "estimated") => plus(...rows.map((row) => row[figure]));
  const part = (key: "told" | "estimated", colour: string): Part<CostFigures> => ({
    key,
    label: t(`cost.${key}`),
    colour,
    rows,
    figure: (members) => Number(plus(...members.map((row) => row[key]))),
  });
  const parts = [part("told", "--series-1"), part("estimated", "--series-2")];
  return (
    <div className="flex flex-col gap-4">
      <Totals
        label={t("cost.totals")}
        totals={[
          {
            label: t("cost.told"),
            value: <Money amount={sum("told")} currency={currency} />,
            note: t("cost.told_note"),
          },
          {
            label: t("cost.estimated"),
            value: <Money amount={sum("estimated")} currency={currency} />,
            note: t("cost.estimated_note"),
          },
          {
            label: t("cost.items"),
            value: formatCount(
              total(rows, (row) => row.items),
              style,
            ),
          },
          {
            label: t("cost.without_cost"),
            value: formatCount(
              total(rows, (row) => row.without_cost),
              style,
            ),
            note: t("cost.without_cost_note"),
          },
        ]}
      />
      <ChartPanel
        title={t("cost.chart", { currency })}
        aside={
          currencies.length > 1 && (
            <Select
              compact
              aria-label={t("cost.currency")}
              value={currency}
              onChange={(next) => set({ currency: next })}
              options={currencies.map((value) => ({ value, label: value }))}
            />
          )
        }
        kind="columns"
        series={parts}
        rows={chartRows(periodsOf(span, time_zone), parts, 0)}
        span={span}
        format={(value) => formatMoney(value, currency, style)}
      />
      <CostTable rows={rows} currency={currency} />
    </div>
  );
}

/** The currencies of most items first. */
function currenciesOf(rows: readonly CostFigures[]): string[] {
  return [...Map.groupBy(rows, ({ currency }) => currency)]
    .sort(([, a], [, b]) => total(b, ({ items }) => items) - total(a, ({ items }) => items))
    .map(([currency]) => currency);
}

interface CostGroup {
  id: string;
  first: CostFigures;
  rows: CostFigures[];
}

function CostTable({ rows, currency }: { rows: readonly CostFigures[]; currency: string }) {
  const { t } = useTranslation(["analytics", "common"]);
  const style = useStyle();
  const provider = useLabels("provider");
  const connection = useLabels("connection");
  const groups = [...Map.groupBy(rows, (row) => `${row.connection_id} ${row.category}`)].flatMap(
    ([id, members]): CostGroup[] => (members[0] ? [{ id, first: members[0], rows: members }] : []),
  );
  const columns: Column<CostGroup>[] = [
    {
      id: "name",
      header: t("by.connection"),
      cell: ({ first }) => (
        <span className="inline-flex flex-wrap items-center gap-2">
          <bdi className="font-medium">{connection(first.connection_id)}</bdi>
          <EnvironmentBadge environment={first.environment} />
          <span className="text-[13px] text-muted">{provider(first.provider_key)}</span>
        </span>
      ),
    },
    {
      id: "category",
      header: t("cost.category"),
      wideOnly: true,
      cell: ({ first }) => t(`common:category.${first.category === "shipping" ? "shipping" : "payments"}`),
    },
    {
      id: "items",
      header: t("cost.items"),
      end: true,
      cell: (group) =>
        formatCount(
          total(group.rows, (row) => row.items),
          style,
        ),
    },
    {
      id: "told",
      header: t("cost.told"),
      end: true,
      cell: (group) => <Money amount={plus(...group.rows.map((row) => row.told))} currency={currency} />,
    },
    {
      id: "estimated",
      header: t("cost.estimated"),
      end: true,
      cell: (group) => <Money amount={plus(...group.rows.map((row) => row.estimated))} currency={currency} />,
    },
    {
      id: "without_cost",
      header: t("cost.without_cost"),
      end: true,
      wideOnly: true,
      cell: (group) =>
        formatCount(
          total(group.rows, (row) => row.without_cost),
          style,
        ),
    },
  ];
  return <DataTable label={t("cost.table")} columns={columns} rows={groups} rowId={({ id }) => id} />;
}
