/** What goes wrong, by class; each class leads to the lines of the log. */
import { useMemo } from "react";
import { Link } from "@tanstack/react-router";
import { ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { ERROR_CLASSES, type ErrorFigures, type Figures, useErrors, useUsage } from "@/hooks/analytics";
import { formatCount, formatShare } from "@/lib/format";
import { periodsOf } from "@/lib/figure_period";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import type { Column } from "@/ui/table";
import { ChartPanel } from "./chart_panel";
import { chartRows, type Group, groupsOf, type Part, total } from "./figures";
import { TrafficFilters, useQuestion } from "./filters";
import { GroupTable } from "./group_table";
import { NoTraffic } from "./no_traffic";
import { analyticsRoute } from "./route";

export function Errors() {
  const question = useQuestion();
  return (
    <>
      <TrafficFilters />
      <Result query={useErrors(question)} empty={<NoErrors />} isEmpty={({ rows }) => rows.length === 0} lines={8}>
        {(figures) => <Shown figures={figures} />}
      </Result>
    </>
  );
}

/** Without errors: nothing went wrong, or nothing was called at all. */
function NoErrors() {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  const usage = useUsage({ ...useQuestion(), by: null });
  return (
    <Result query={usage} empty={<NoTraffic />} isEmpty={({ rows }) => rows.length === 0}>
      {({ rows }) => (
        <div className="rounded-box border border-line bg-surface">
          <Empty icon={ShieldCheck} title={t("errors.none")}>
            {t("errors.none_text", {
              calls: formatCount(
                total(rows, ({ calls }) => calls),
                style,
              ),
            })}
          </Empty>
        </div>
      )}
    </Result>
  );
}

const errors = ({ errors }: ErrorFigures) => errors;

function Shown({ figures: { rows, span } }: { figures: Figures<ErrorFigures> }) {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  const { by, source } = useQuestion();
  const { time_zone } = useOrganization();
  const columns = useColumns();
  const classes = ERROR_CLASSES.filter((name) => total(rows, (row) => row[name]) > 0);
  const parts = classes.map((name): Part<ErrorFigures> => ({
    key: name,
    label: t(`errors.class.${name}`),
    colour: `--series-${[6, 2, 4, 3, 1, 5][ERROR_CLASSES.indexOf(name)] ?? 1}`,
    rows,
    figure: (members) => total(members, (row) => row[name]),
  }));
  const all = total(rows, errors);
  return (
    <div className="flex flex-col gap-4">
      <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <ChartPanel
          title={t("errors.chart")}
          kind="columns"
          series={parts}
          rows={chartRows(periodsOf(span, time_zone), parts, 0)}
          span={span}
          format={(value) => formatCount(value, style)}
        />
        <Panel title={t("errors.classes")}>
          <ul className="divide-y divide-line">
            {classes.map((name) => {
              const count = total(rows, (row) => row[name]);
              return (
                <li key={name} className="relative px-4 py-2.5 hover:bg-sunken">
                  <span className="flex items-baseline justify-between gap-3">
                    <ToLines className="font-medium after:absolute after:inset-0 hover:underline">
                      {t(`errors.class.${name}`)}
                    </ToLines>
                    <span className="tabular whitespace-nowrap">
                      {formatCount(count, style)} · {formatShare(count / all, style)}
                    </span>
                  </span>
                  <span className="block text-[13px] text-muted">{t(`errors.meaning.${name}`)}</span>
                </li>
              );
            })}
          </ul>
          <p className="border-t border-line px-4 py-2.5 text-[13px] text-muted">{t(`errors.lines.${source}`)}</p>
        </Panel>
      </div>
      <GroupTable label={t("errors.table")} groups={groupsOf(rows, by)} by={by} columns={columns} />
    </div>
  );
}

/** To what the figures were counted from: the log of calls, or the lists of webhooks. */
function ToLines({ className, children }: { className: string; children: string }) {
  const { slug } = useOrganization();
  const { source = "call", connection } = analyticsRoute.useSearch();
  const of = connection === undefined ? {} : { connection };
  if (source === "call") {
    return (
      <Link
        to="/o/$slug/developers"
        params={{ slug }}
        search={{ tab: "logs", status: "error", ...of }}
        className={className}
      >
        {children}
      </Link>
    );
  }
  return (
    <Link to="/o/$slug/webhooks" params={{ slug }} search={{ status: "failed", ...of }} className={className}>
      {children}
    </Link>
  );
}

function useColumns(): Column<Group<ErrorFigures>>[] {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  return useMemo(
    () => [
      {
        id: "errors",
        header: t("usage.errors"),
        end: true,
        cell: ({ rows }) => formatCount(total(rows, errors), style),
      },
      ...ERROR_CLASSES.map((name): Column<Group<ErrorFigures>> => ({
        id: name,
        header: t(`errors.class.${name}`),
        end: true,
        wideOnly: true,
        cell: ({ rows }) =>
          formatCount(
            total(rows, (row) => row[name]),
            style,
          ),
      })),
    ],
    [t, style],
  );
}
