/** Maintenance windows: alerts are recorded meanwhile, and nobody is told. */
import { lazy, Suspense, useState } from "react";
import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useNow, useStyle } from "@/app/style";
import { isPast, type MaintenanceWindow, useDeleteWindow, useMaintenance, useSwitchWindow } from "@/hooks/maintenance";
import { formatDuration, formatTime, formatWeekdayNumber } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { OnOff } from "@/ui/on_off";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";

const WindowDialog = lazy(() => import("./window_dialog").then((module) => ({ default: module.WindowDialog })));
const MINUTE_MS = 60_000;

export function Maintenance() {
  const { t } = useTranslation("analytics");
  const mayEdit = useMay("developer");
  const windows = useMaintenance();
  const [adding, setAdding] = useState(false);
  const [deleting, setDeleting] = useState<MaintenanceWindow | null>(null);
  const remove = useDeleteWindow();
  const add = mayEdit && (
    <Button size="small" onClick={() => setAdding(true)}>
      <Plus className="size-4" aria-hidden />
      {t("maintenance.add")}
    </Button>
  );
  return (
    <Panel title={t("maintenance.title")} aside={add}>
      <Result query={windows} empty={<Empty title={t("maintenance.empty")}>{t("maintenance.empty_text")}</Empty>}>
        {(list) => (
          <ul className="divide-y divide-line">
            {list.map((each) => (
              <Line key={each.id} window={each} onDelete={() => setDeleting(each)} />
            ))}
          </ul>
        )}
      </Result>
      {adding && (
        <Suspense>
          <WindowDialog onClose={() => setAdding(false)} />
        </Suspense>
      )}
      {deleting && (
        <Confirm
          open
          onOpenChange={() => setDeleting(null)}
          title={t("maintenance.delete_title", { name: deleting.name })}
          action={t("maintenance.delete")}
          onConfirm={() => remove.mutateAsync(deleting.id)}
        >
          {t("maintenance.delete_text")}
        </Confirm>
      )}
    </Panel>
  );
}

type Shown = MaintenanceWindow & { connection: { name: string } | null };

function Line({ window, onDelete }: { window: Shown; onDelete: () => void }) {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  const now = useNow();
  const mayEdit = useMay("developer");
  const change = useSwitchWindow();
  const past = isPast(window, now);
  const { starts_at, ends_at, weekdays, start_time, duration_minutes, time_zone } = window;
  return (
    <li className="flex items-start justify-between gap-3 px-4 py-2.5">
      <div className="min-w-0">
        <span className="flex flex-wrap items-center gap-2">
          <bdi className="font-medium">{window.name}</bdi>
          {past && <Badge>{t("maintenance.past")}</Badge>}
        </span>
        <span className="block text-[13px]">
          {starts_at && ends_at
            ? t("maintenance.once", { from: formatTime(starts_at, style), to: formatTime(ends_at, style) })
            : t("maintenance.weekly", {
                days: (weekdays ?? []).map((day) => formatWeekdayNumber(day, style)).join(t("maintenance.and")),
                time: start_time?.slice(0, 5) ?? "",
                zone: time_zone ?? "",
                length: formatDuration((duration_minutes ?? 0) * MINUTE_MS, style),
              })}
        </span>
        <span className="text-[13px] text-muted">
          {window.connection ? <bdi>{window.connection.name}</bdi> : t("maintenance.all")}
        </span>
      </div>
      {mayEdit && (
        <span className="flex items-center gap-1">
          {!past && (
            <OnOff
              label={t("rules.on")}
              fullLabel={t("rules.on_of", { name: window.name })}
              enabled={window.enabled}
              onChange={(enabled) => change.mutateAsync({ id: window.id, enabled })}
            />
          )}
          <Button
            look="quiet"
            size="icon"
            aria-label={t("maintenance.delete_title", { name: window.name })}
            onClick={onDelete}
          >
            <Trash2 className="size-4" aria-hidden />
          </Button>
        </span>
      )}
    </li>
  );
}
