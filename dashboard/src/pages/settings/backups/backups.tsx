/** Whether there are backups, as far as the database knows; how to set them up, and how to restore. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useNow, useStyle } from "@/app/style";
import { backupState, type BackupStatus, useBackupStatus } from "@/hooks/backups";
import { formatBytes } from "@/lib/format";
import { Badge, Status } from "@/ui/badge";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { Fact, Facts } from "@/ui/facts";
import { Told } from "../parts";
import { HowTo } from "./how_to";

export function Backups() {
  const { t } = useTranslation("settings");
  const status = useBackupStatus();
  return (
    <>
      <Panel title={t("backups.title")}>
        <div className="p-4">
          <Result query={status}>{(found) => <Plan status={found} />}</Result>
        </div>
      </Panel>
      {status.data?.plan && (
        <Panel title={t("backups.runs")}>
          <Runs runs={status.data.runs} />
        </Panel>
      )}
      {status.data && status.data.restores.length > 0 && <Restores restores={status.data.restores} />}
      <HowTo isSet={status.data?.plan != null} />
    </>
  );
}

const TONES = { unset: "warn", silent: "warn", late: "bad", waiting: "info", fine: "good" } as const;

function Plan({ status: { plan } }: { status: BackupStatus }) {
  const { t } = useTranslation("settings");
  const state = backupState(plan, useNow());
  return (
    <div className="flex flex-col gap-4">
      <p>
        <Badge tone={TONES[state]}>{t(`backups.state.${state}`)}</Badge>
      </p>
      <Told>{t(`backups.state_text.${state}`)}</Told>
      {plan && (
        <Facts>
          <Fact name={t("backups.schedule")}>
            <code className="font-mono text-[13px]" dir="ltr">
              {plan.schedule}
            </code>{" "}
            UTC
          </Fact>
          <Fact name={t("backups.newest")}>
            {plan.newest_at ? <Time at={plan.newest_at} absolute /> : t("backups.none_yet")}
          </Fact>
          <Fact name={t("backups.due")}>
            <Time at={plan.due_at} absolute />
          </Fact>
          <Fact name={t("backups.seen")}>
            <Time at={plan.seen_at} />
          </Fact>
        </Facts>
      )}
      <Told>{t("backups.verified")}</Told>
    </div>
  );
}

type Run = BackupStatus["runs"][number];

function Runs({ runs }: { runs: readonly Run[] }) {
  const { t } = useTranslation("settings");
  const style = useStyle();
  const columns = useMemo(
    (): Column<Run>[] => [
      { id: "at", header: t("backups.at"), cell: ({ finished_at }) => <Time at={finished_at} absolute /> },
      {
        id: "state",
        header: t("requests.state"),
        cell: ({ backup_id }) => <Status state={backup_id === null ? "failed" : "succeeded"} />,
      },
      {
        id: "id",
        header: t("backups.id"),
        wideOnly: true,
        cell: ({ backup_id }) =>
          backup_id === null ? (
            <span className="text-muted">{t("backups.see_log")}</span>
          ) : (
            <code className="font-mono text-xs" dir="ltr">
              {backup_id}
            </code>
          ),
      },
      {
        id: "size",
        header: t("backups.size"),
        end: true,
        cell: ({ data_bytes }) => (data_bytes === null ? "–" : formatBytes(data_bytes, style)),
      },
    ],
    [style, t],
  );
  if (runs.length === 0) return <Empty title={t("backups.no_runs")}>{t("backups.no_runs_text")}</Empty>;
  return (
    <div className="p-4">
      <DataTable label={t("backups.runs")} columns={columns} rows={runs} rowId={({ id }) => id} />
    </div>
  );
}

function Restores({ restores }: { restores: BackupStatus["restores"] }) {
  const { t } = useTranslation("settings");
  return (
    <Panel title={t("backups.restores")}>
      <ul className="divide-y divide-line">
        {restores.map((restore) => (
          <li key={restore.id} className="px-4 py-2.5">
            <p className="flex flex-wrap items-center gap-2">
              <code className="font-mono text-[13px]" dir="ltr">
                {restore.backup_id}
              </code>
              <Badge>{t(restore.whole_hub ? "backups.whole_hub" : "backups.organization")}</Badge>
              <Badge tone={restore.resumed_at === null ? "warn" : "good"}>
                {t(restore.resumed_at === null ? "backups.held" : "backups.resumed")}
              </Badge>
            </p>
            <p className="text-[13px] text-muted">
              {t("backups.restored_at")} <Time at={restore.restored_at} absolute /> · {t("backups.shows")}{" "}
              <Time at={restore.taken_at} absolute />
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
