/** What was erased because its time was over. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { RUN_DAYS, useRetentionRuns } from "@/hooks/retention";
import { formatCount, formatDay } from "@/lib/format";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { useClassName } from "./class_name";

type Run = NonNullable<ReturnType<typeof useRetentionRuns>["data"]>[number];

export function Runs() {
  const { t } = useTranslation("settings");
  const style = useStyle();
  const nameOf = useClassName();
  const runs = useRetentionRuns();
  const columns = useMemo(
    (): Column<Run>[] => [
      // The day is one of UTC: it must not slip into the next where clocks are ahead.
      { id: "day", header: t("runs.day"), cell: ({ day }) => formatDay(day, { ...style, timeZone: "UTC" }) },
      { id: "class", header: t("runs.class"), cell: ({ data_class }) => nameOf(data_class) },
      {
        id: "table",
        header: t("runs.table"),
        wideOnly: true,
        cell: ({ table_name }) => (
          <code className="font-mono text-xs" dir="ltr">
            {table_name}
          </code>
        ),
      },
      { id: "rows", header: t("runs.rows"), end: true, cell: ({ rows }) => formatCount(rows, style) },
    ],
    [nameOf, style, t],
  );
  return (
    <Panel title={t("runs.title")}>
      <Result query={runs} empty={<Empty title={t("runs.empty", { count: RUN_DAYS })}>{t("runs.empty_text")}</Empty>}>
        {(rows) => (
          <div className="p-4">
            <DataTable
              label={t("runs.title")}
              columns={columns}
              rows={rows}
              rowId={(row) => `${row.day}.${row.table_name}`}
            />
          </div>
        )}
      </Result>
    </Panel>
  );
}
