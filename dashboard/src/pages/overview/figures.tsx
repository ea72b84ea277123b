/** Five figures, each a link to what it counts. */
import type { ReactNode } from "react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import type { Environment } from "@/hooks/connections";
import { type Traffic, useOpenAlerts, useTraffic, useWebhookBacklog } from "@/hooks/monitoring";
import { cx } from "@/lib/cx";
import { formatCount, formatDuration, formatShare } from "@/lib/format";
import { Spark } from "@/ui/spark";

export function Figures({ environment }: { environment: Environment | null }) {
  const { t } = useTranslation("overview");
  const { slug } = useOrganization();
  const style = useStyle();
  const traffic = useTraffic(environment);
  const backlog = useWebhookBacklog();
  const alerts = useOpenAlerts();
  const { today, last, hours } = traffic.data ?? {};
  const critical = alerts.data?.filter(({ severity }) => severity === "critical").length ?? 0;
  const waiting = backlog.data && backlog.data.waiting + backlog.data.failing + backlog.data.undelivered;
  const shareOf = (traffic: Traffic) => (traffic.calls > 0 ? formatShare(traffic.errors / traffic.calls, style) : "–");
  const meanOf = (traffic: Traffic) => (traffic.meanMs === null ? "–" : formatDuration(traffic.meanMs, style));
  const todayIs = (shown: (traffic: Traffic) => string) =>
    today && t("figures.today", { value: today.calls > 0 ? shown(today) : t("figures.none") });
  const link = { params: { slug } };
  return (
    <ul aria-label={t("figures.label")} className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
      <Figure
        label={t("figures.calls")}
        value={last && formatCount(last.calls, style)}
        note={todayIs((traffic) => formatCount(traffic.calls, style))}
        link={<Link to="/o/$slug/analytics" {...link} className={STRETCHED} aria-label={t("figures.calls")} />}
        aside={hours && <Spark values={hours} label={t("figures.calls_hours", { list: hours.join(", ") })} />}
      />
      <Figure
        label={t("figures.error_rate")}
        value={last && shareOf(last)}
        note={todayIs(shareOf)}
        link={
          <Link
            to="/o/$slug/analytics"
            {...link}
            search={{ tab: "errors" }}
            className={STRETCHED}
            aria-label={t("figures.error_rate")}
          />
        }
      />
      <Figure
        label={t("figures.latency")}
        value={last && meanOf(last)}
        note={todayIs(meanOf)}
        link={
          <Link
            to="/o/$slug/analytics"
            {...link}
            search={{ tab: "latency" }}
            className={STRETCHED}
            aria-label={t("figures.latency")}
          />
        }
      />
      <Figure
        label={t("figures.backlog")}
        value={waiting !== undefined ? formatCount(waiting, style) : undefined}
        note={
          backlog.data &&
          (backlog.data.dead > 0
            ? t("figures.dead", { count: backlog.data.dead })
            : waiting === 0
              ? t("figures.backlog_none")
              : t("figures.backlog_parts", { ...backlog.data }))
        }
        alarming={(backlog.data?.dead ?? 0) > 0}
        link={
          <Link
            to="/o/$slug/webhooks"
            {...link}
            search={backlog.data?.dead ? { status: "dead" } : {}}
            className={STRETCHED}
            aria-label={t("figures.backlog")}
          />
        }
      />
      <Figure
        label={t("figures.alerts")}
        value={alerts.data && formatCount(alerts.data.length, style)}
        note={
          alerts.data &&
          (critical > 0
            ? t("figures.critical", { count: critical })
            : alerts.data.length === 0
              ? t("figures.all_well")
              : "")
        }
        alarming={critical > 0}
        link={
          <Link
            to="/o/$slug/analytics"
            {...link}
            search={{ tab: "alerts" }}
            className={STRETCHED}
            aria-label={t("figures.alerts")}
          />
        }
      />
    </ul>
  );
}

/** The link covers its whole box. */
const STRETCHED = "after:absolute after:inset-0 after:rounded-box";

interface Props {
  label: string;
  /** undefined: not known yet. */
  value: string | undefined;
  note?: string | undefined;
  alarming?: boolean;
  link: ReactNode;
  aside?: ReactNode;
}

function Figure({ label, value, note, alarming = false, link, aside }: Props) {
  return (
    <li className="relative flex min-h-28 flex-col rounded-box border border-line bg-surface p-4 hover:border-line-strong">
      <span className="text-[13px] text-muted">{label}</span>
      <span className="mt-1 flex items-end justify-between gap-2">
        <span className="tabular text-2xl font-semibold tracking-tight">
          {value ?? <span className="inline-block h-6 w-16 animate-pulse rounded bg-sunken" />}
        </span>
        {aside}
      </span>
      <span className={cx("mt-auto pt-1 text-[13px]", alarming ? "font-medium text-bad" : "text-muted")}>{note}</span>
      {link}
    </li>
  );
}
