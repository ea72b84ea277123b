/** The last comparisons with the gateways' books, and what came of each. */
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type Reconciliation, useReconciliations } from "@/hooks/settlement";
import { formatTime } from "@/lib/format";
import { Status } from "@/ui/badge";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { GatewayName } from "./gateway_name";

const SHOWN = 10;

export function Reconciliations({ connections }: { connections: readonly string[] | null }) {
  const { t } = useTranslation("payments");
  const runs = useReconciliations(connections, SHOWN);
  return (
    <Panel title={t("reconcile.runs")}>
      <Result query={runs} empty={<Empty title={t("empty.runs")}>{t("empty.runs_text")}</Empty>}>
        {(rows) => (
          <ul className="divide-y divide-line">
            {rows.map((row) => (
              <Line key={row.id} run={row} />
            ))}
          </ul>
        )}
      </Result>
    </Panel>
  );
}

function Line({ run }: { run: Reconciliation }) {
  const { t } = useTranslation("payments");
  const style = useStyle();
  const error = run.error as { message?: string } | null;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
      <span className="font-medium">
        <GatewayName id={run.connection_id} />
      </span>
      <Status state={run.status} />
      <span className="text-[13px] text-muted">
        {t("reconcile.span", { since: formatTime(run.since, style), until: formatTime(run.until, style) })}
      </span>
      <span className="ms-auto text-[13px] text-muted">
        <Time at={run.started_at} />
      </span>
      <span className="w-full text-[13px]">
        {error ? (
          <span className="text-bad" lang="en" dir="auto">
            {error.message}
          </span>
        ) : run.status === "running" ? null : (
          [
            t("reconcile.compared", { count: run.compared }),
            t("reconcile.healed", { count: run.healed }),
            t("reconcile.found", { count: run.differences }),
            ...(run.strangers > 0 ? [t("reconcile.strangers", { count: run.strangers })] : []),
          ].join(" · ")
        )}
      </span>
    </li>
  );
}
