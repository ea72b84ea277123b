/** What needs somebody. */
import { Link } from "@tanstack/react-router";
import { ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useOpenAlerts } from "@/hooks/monitoring";
import { Status } from "@/ui/badge";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { Time } from "@/ui/time";

const SHOWN = 5;

export function Alerts() {
  const { t } = useTranslation("overview");
  const { slug } = useOrganization();
  const alerts = useOpenAlerts();
  return (
    <Panel
      title={t("alerts.title")}
      aside={
        <Link
          to="/o/$slug/analytics"
          params={{ slug }}
          search={{ tab: "alerts" }}
          className="text-[13px] text-accent-strong hover:underline"
        >
          {t("alerts.all")}
        </Link>
      }
    >
      <Result
        query={alerts}
        empty={
          <Empty icon={ShieldCheck} title={t("alerts.empty")}>
            {t("alerts.empty_text")}
          </Empty>
        }
      >
        {(list) => (
          <ul className="divide-y divide-line">
            {list.slice(0, SHOWN).map((alert) => (
              <li key={alert.id} className="flex flex-col gap-1 px-4 py-2.5">
                <span className="flex items-start justify-between gap-2">
                  <span className="min-w-0 break-words" lang="en" dir="auto">
                    {alert.title}
                  </span>
                  <Status state={alert.severity} />
                </span>
                <span className="text-[13px] text-muted">
                  <Time at={alert.last_seen_at} /> · {t("alerts.seen", { count: alert.occurrences })}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Result>
    </Panel>
  );
}
