/** Each class of data: for how long, within which bounds, and what goes at the next run. */
import { useState } from "react";
import { Pencil } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useNow, useStyle } from "@/app/style";
import { COUNTED_TO, cutOff, type DataClass, useRetentionPlan, useRetentionPreview } from "@/hooks/retention";
import { formatCount, formatDay } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Result } from "@/ui/states";
import { English, ReadOnly, Told } from "../parts";
import { useClassName } from "./class_name";
import { PeriodDialog } from "./period_dialog";

export function Plan() {
  const { t } = useTranslation("settings");
  const mayEdit = useMay("admin");
  const plan = useRetentionPlan();
  const preview = useRetentionPreview(null);
  const [editing, setEditing] = useState<DataClass | null>(null);
  const due = Map.groupBy(preview.data ?? [], (row) => row.class);
  return (
    <Panel title={t("retention.title")}>
      <div className="flex flex-col gap-2 border-b border-line p-4">
        <Told>{t("retention.text")}</Told>
        {!mayEdit && <ReadOnly needs="admin" />}
      </div>
      <Result query={plan}>
        {(classes) => (
          <ul className="divide-y divide-line">
            {classes.map((each) => (
              <Line
                key={each.data_class}
                kind={each}
                due={preview.data && (due.get(each.data_class) ?? []).map(({ rows }) => rows)}
                onEdit={mayEdit ? () => setEditing(each) : undefined}
              />
            ))}
          </ul>
        )}
      </Result>
      {editing && <PeriodDialog kind={editing} onClose={() => setEditing(null)} />}
    </Panel>
  );
}

interface LineProps {
  kind: DataClass;
  /** Rows that the next run erases, of each table; undefined: not counted yet. */
  due: readonly number[] | undefined;
  onEdit: (() => void) | undefined;
}

function Line({ kind, due, onEdit }: LineProps) {
  const { t } = useTranslation("settings");
  const style = useStyle();
  const now = useNow();
  const nameOf = useClassName();
  const name = nameOf(kind.data_class, kind.title);
  const days = (count: number) => t("days", { count, shown: formatCount(count, style) });
  const rows = due?.reduce((total, each) => total + each, 0) ?? 0;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1 px-4 py-3">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{name}</span>
          {kind.held && <Badge tone="warn">{t("retention.held")}</Badge>}
        </p>
        <p className="mt-0.5">
          {kind.keep_days === null ? t("retention.endless") : t("retention.kept", { days: days(kind.keep_days) })}
          {kind.floor_days > 0 && (
            <span className="text-muted"> · {t("retention.floor", { days: days(kind.floor_days) })}</span>
          )}
        </p>
        <p className="mt-0.5 text-[13px] text-muted">
          {kind.keep_days === null
            ? t("retention.nothing_goes")
            : kind.held
              ? t("retention.held_text")
              : t("retention.next", { day: formatDay(cutOff(kind.keep_days, now), style) })}
          {kind.keep_days !== null && !kind.held && due !== undefined && (
            <>
              {" "}
              <span className={rows > 0 ? "text-ink" : undefined}>
                {due.some((each) => each >= COUNTED_TO)
                  ? t("retention.due_more", { rows: formatCount(rows, style) })
                  : t("retention.due", { count: rows, shown: formatCount(rows, style) })}
              </span>
            </>
          )}
        </p>
        <details className="mt-1 text-[13px]">
          <summary className="min-h-[24px] w-fit cursor-pointer content-center text-muted">
            {t("retention.why")}
          </summary>
          <p className="mt-1 max-w-prose text-muted">
            <English>{kind.basis}</English>
          </p>
          <p className="mt-1 font-mono text-xs break-words text-muted" dir="ltr">
            {kind.tables.join(", ")}
          </p>
        </details>
      </div>
      {onEdit && (
        <Button look="quiet" size="icon" aria-label={t("retention.edit_of", { name })} onClick={onEdit}>
          <Pencil className="size-4" aria-hidden />
        </Button>
      )}
    </li>
  );
}
