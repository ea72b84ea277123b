/** An alert: what it is, what has become of it, who was told; and what can be done about it. */
import { useTranslation } from "react-i18next";
import { Link } from "@tanstack/react-router";
import { useOrganization } from "@/app/organization";
import { useNow } from "@/app/style";
import { type AlertDetail, alertState, useAlert } from "@/hooks/alerts";
import { Badge, EnvironmentBadge, Status } from "@/ui/badge";
import { Id } from "@/ui/copy_button";
import { Drawer } from "@/ui/dialog";
import { Json } from "@/ui/json";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { AlertActions } from "./alert_actions";
import { AlertHistory, Notifications } from "./alert_history";

export function AlertDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation("analytics");
  const alert = useAlert(id);
  return (
    <Drawer
      open
      onOpenChange={onClose}
      title={
        alert.data ? (
          <bdi lang="en" className="break-words">
            {alert.data.title}
          </bdi>
        ) : (
          t("alerts.one")
        )
      }
      footer={alert.data && alert.data.status !== "resolved" ? <AlertActions alert={alert.data} /> : undefined}
    >
      <Result query={alert} lines={8}>
        {(data) => (
          <div className="flex flex-col gap-6">
            <Facts alert={data} />
            <AlertHistory events={data.events} />
            <Notifications notifications={data.notifications} />
            {Object.keys(data.detail as object).length > 0 && (
              <section>
                <h3 className="mb-2 font-semibold">{t("alerts.detail")}</h3>
                <Json value={data.detail} label={t("alerts.detail")} />
              </section>
            )}
          </div>
        )}
      </Result>
    </Drawer>
  );
}

function Facts({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation("analytics");
  const { slug } = useOrganization();
  const now = useNow();
  const state = alertState(alert, now);
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-4 gap-y-2">
      <Term>{t("filter.state")}</Term>
      <dd className="flex flex-wrap items-center gap-2">
        <Status state={alert.severity} /> <Status state={state} />
        {state === "snoozed" && alert.snoozed_until && <Time at={alert.snoozed_until} />}
        {(alert.muted_by === "maintenance" || alert.muted_by === "cause") && (
          <Badge>{t(`alerts.muted.${alert.muted_by}`)}</Badge>
        )}
      </dd>
      {alert.connection && alert.connection_id && (
        <>
          <Term>{t("filter.connection")}</Term>
          <dd className="flex flex-wrap items-center gap-2">
            <Link
              to="/o/$slug/settings"
              params={{ slug }}
              search={{ tab: "connections", connection: alert.connection_id }}
              className="text-accent-strong hover:underline"
            >
              <bdi>{alert.connection.name}</bdi>
            </Link>
            <EnvironmentBadge environment={alert.connection.environment} />
            <Link
              to="/o/$slug/developers"
              params={{ slug }}
              search={{ tab: "logs", connection: alert.connection_id, status: "error" }}
              className="text-accent-strong hover:underline"
            >
              {t("to_logs")}
            </Link>
          </dd>
        </>
      )}
      {alert.rule && (
        <>
          <Term>{t("filter.rule")}</Term>
          <dd>
            <Link
              to="/o/$slug/analytics"
              params={{ slug }}
              search={{ tab: "rules", edit: alert.rule.id }}
              className="text-accent-strong hover:underline"
            >
              <bdi>{alert.rule.name}</bdi>
            </Link>
          </dd>
        </>
      )}
      {alert.cause_id && (
        <>
          <Term>{t("alerts.cause")}</Term>
          <dd>
            <Link
              to="/o/$slug/analytics"
              params={{ slug }}
              search={{ tab: "alerts", alert: alert.cause_id }}
              className="text-accent-strong hover:underline"
            >
              {t("alerts.to_cause")}
            </Link>
          </dd>
        </>
      )}
      <Term>{t("alerts.kind")}</Term>
      <dd>
        <code className="font-mono text-[13px]" dir="ltr">
          {alert.kind}
        </code>
      </dd>
      <Term>{t("alerts.occurrences")}</Term>
      <dd className="tabular">
        {alert.occurrences} · <Time at={alert.first_seen_at} absolute /> – <Time at={alert.last_seen_at} absolute />
      </dd>
      {alert.resolved_at && (
        <>
          <Term>{t("alerts.resolved_at")}</Term>
          <dd>
            <Time at={alert.resolved_at} absolute />
          </dd>
        </>
      )}
      <Term>{t("alerts.id")}</Term>
      <dd>
        <Id value={alert.id} />
      </dd>
    </dl>
  );
}

function Term({ children }: { children: string }) {
  return <dt className="text-[13px] text-muted">{children}</dt>;
}
