/** A chart with its legend, and the same figures as a table for whoever would rather read. */
import { type CSSProperties, type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { formatPeriod } from "@/lib/format";
import { into, type Span } from "@/lib/figure_period";
import { Chart, type Series } from "@/ui/chart";
import { Panel } from "@/ui/panel";
import { type Column, DataTable } from "@/ui/table";
import type { ChartRow } from "./figures";
import { analyticsRoute } from "./route";

// Told apart by eyes that see few colours too, in both themes; `color-scheme` chooses.
const PALETTE = {
  "--series-1": "light-dark(#0f766e, #4fc3b5)",
  "--series-2": "light-dark(#d97706, #f2bd62)",
  "--series-3": "light-dark(#1d4f91, #93bdf5)",
  "--series-4": "light-dark(#a21caf, #e0a2e8)",
  "--series-5": "light-dark(#65a30d, #b5dd66)",
  "--series-6": "light-dark(#b42318, #ff9b90)",
} as CSSProperties;

interface Props {
  title: string;
  aside?: ReactNode;
  kind: "lines" | "columns";
  series: readonly Series[];
  rows: readonly ChartRow[];
  span: Span;
  format: (value: number) => string;
}

export function ChartPanel({ title, aside, kind, series, rows, span, format }: Props) {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  const look = useLookInto(span);
  const oneDay = span.until.getTime() - span.since.getTime() <= 86_400_000;
  const formatAt = (at: string) => formatPeriod(at, span.zoom, style, oneDay);
  return (
    <Panel title={title} aside={aside}>
      <div className="px-2 pt-3" style={PALETTE}>
        <Chart
          rows={rows}
          series={series}
          kind={kind}
          label={title}
          format={format}
          formatAt={formatAt}
          {...(look && { onChoose: look })}
        />
        <ul className="flex flex-wrap gap-x-4 gap-y-1 px-2 pt-1 pb-3 text-[13px]" aria-label={t("chart.legend")}>
          {series.map(({ key, label, colour }) => (
            <li key={key} className="flex items-center gap-1.5">
              <span aria-hidden className="size-2.5 rounded-[3px]" style={{ background: `var(${colour})` }} />
              <bdi>{label}</bdi>
            </li>
          ))}
        </ul>
      </div>
      <details className="border-t border-line">
        <summary className="cursor-pointer px-4 py-2.5 text-[13px] text-muted hover:text-ink">
          {t("chart.table")} {look && t("chart.look_into")}
        </summary>
        <PeriodTable title={title} series={series} rows={rows} format={format} formatAt={formatAt} onOpen={look} />
      </details>
    </Panel>
  );
}

/** Goes into a period: a month by its days, a day by its hours; null at hours. */
function useLookInto({ zoom }: Span): ((at: string) => void) | null {
  const navigate = analyticsRoute.useNavigate();
  const { time_zone } = useOrganization();
  if (zoom === "hour") return null;
  return (at) => {
    const next = into(at, zoom, time_zone);
    if (next) void navigate({ search: (before) => ({ ...before, ...next }) });
  };
}

interface TableProps extends Pick<Props, "title" | "series" | "rows" | "format"> {
  formatAt: (at: string) => string;
  onOpen: ((at: string) => void) | null;
}

function PeriodTable({ title, series, rows, format, formatAt, onOpen }: TableProps) {
  const { t } = useTranslation("analytics");
  const columns: Column<ChartRow>[] = [
    { id: "at", header: t("chart.period"), cell: (row) => formatAt(String(row["at"])) },
    ...series.map(({ key, label }): Column<ChartRow> => ({
      id: key,
      header: label,
      end: true,
      cell: (row) => (typeof row[key] === "number" ? format(row[key]) : "–"),
    })),
  ];
  // The newest first: it is what is looked for.
  const newest = useMemo(() => rows.toReversed(), [rows]);
  return (
    <div className="px-3 pb-3">
      <DataTable
        label={title}
        columns={columns}
        rows={newest}
        rowId={(row) => String(row["at"])}
        {...(onOpen && { onOpen: (row: ChartRow) => onOpen(String(row["at"])) })}
      />
    </div>
  );
}
