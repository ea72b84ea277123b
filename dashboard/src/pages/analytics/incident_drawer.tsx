/** An incident: what happened when, by our checks and by the provider's page. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useIncident } from "@/hooks/health";
import { Badge, EnvironmentBadge, Status } from "@/ui/badge";
import { buttonClass } from "@/ui/button";
import { Drawer } from "@/ui/dialog";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";

export function IncidentDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation("analytics");
  const { slug } = useOrganization();
  const incident = useIncident(id);
  const connection = incident.data?.connection_id;
  return (
    <Drawer
      open
      onOpenChange={onClose}
      title={incident.data ? <bdi lang="en">{incident.data.title}</bdi> : t("incidents.one")}
      footer={
        connection !== undefined && (
          <>
            <Link
              to="/o/$slug/developers"
              params={{ slug }}
              search={{ tab: "logs", connection, status: "error" }}
              className={buttonClass()}
            >
              {t("to_logs")}
            </Link>
            <Link
              to="/o/$slug/analytics"
              params={{ slug }}
              search={{ tab: "health", connection }}
              className={buttonClass()}
            >
              {t("health.history")}
            </Link>
          </>
        )
      }
    >
      <Result query={incident}>
        {({ connection, closed_at, worst_state, entries }) => (
          <>
            <p className="mb-4 flex flex-wrap items-center gap-2">
              <bdi className="font-medium">{connection.name}</bdi>
              <EnvironmentBadge environment={connection.environment} />
              <Status state={closed_at === null ? "open" : "resolved"} />
              <span className="text-muted">{t("incidents.worst")}</span> <Status state={worst_state} />
            </p>
            <h3 className="mb-2 font-semibold">{t("incidents.timeline")}</h3>
            <ol className="ms-1.5 border-s border-line">
              {entries.map((entry) => (
                <li key={entry.id} className="relative pb-4 ps-5">
                  <span aria-hidden className="absolute -start-[5px] top-1.5 size-2.5 rounded-full bg-line-strong" />
                  <span className="flex flex-wrap items-center gap-2">
                    <span className="font-medium">
                      {t(`incidents.entry.${entry.kind as "opened" | "changed" | "closed"}`)}
                    </span>
                    <Status state={entry.state} />
                    {entry.page_indicator && entry.page_indicator !== "none" && (
                      <Badge tone="warn">
                        {t("incidents.page_says", { indicator: t(`indicator.${entry.page_indicator}`) })}
                      </Badge>
                    )}
                  </span>
                  <span lang="en" dir="auto" className="block">
                    {entry.message}
                  </span>
                  <span className="text-[13px] text-muted">
                    <Time at={entry.at} absolute />
                  </span>
                </li>
              ))}
            </ol>
          </>
        )}
      </Result>
    </Drawer>
  );
}
