/** Every connection: its state, its thirty days, its last 24 hours. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useStyle } from "@/app/style";
import { inTrouble, stateOf, worstFirst } from "@/hooks/connection_state";
import type { Connection } from "@/hooks/connections";
import { type Traffic, type Uptime, UPTIME_DAYS, useTraffic, useUptime } from "@/hooks/monitoring";
import { useProviders } from "@/hooks/providers";
import { formatCount, formatDuration, formatShare, startOfDay } from "@/lib/format";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Select } from "@/ui/select";
import { Empty, NoMatch } from "@/ui/states";
import { Time } from "@/ui/time";
import { type UptimeDay, UptimeBars } from "@/ui/uptime_bars";
import { overviewRoute } from "./route";

export function Connections({ connections }: { connections: readonly Connection[] }) {
  const { t } = useTranslation("overview");
  const { state } = overviewRoute.useSearch();
  const navigate = overviewRoute.useNavigate();
  const uptime = useUptime();
  const traffic = useTraffic(useEnvironment());
  const shown = worstFirst(state === "trouble" ? connections.filter(inTrouble) : connections);
  const choose = (value: "trouble" | undefined) => void navigate({ search: (before) => ({ ...before, state: value }) });
  return (
    <Panel
      title={t("connections.title")}
      aside={
        <Select
          compact
          aria-label={t("connections.filter")}
          value={state ?? "all"}
          onChange={(value) => choose(value === "trouble" ? value : undefined)}
          options={[
            { value: "all", label: t("connections.all", { count: connections.length }) },
            { value: "trouble", label: t("connections.trouble", { count: connections.filter(inTrouble).length }) },
          ]}
        />
      }
    >
      {connections.length === 0 ? (
        <Empty
          title={t("connections.none_in_environment")}
          action={
            <Button onClick={() => void navigate({ search: (before) => ({ ...before, environment: undefined }) })}>
              {t("connections.show_both")}
            </Button>
          }
        >
          {t("connections.none_in_environment_text")}
        </Empty>
      ) : shown.length === 0 ? (
        <NoMatch onClear={() => choose(undefined)} />
      ) : (
        <ul className="divide-y divide-line">
          {shown.map((connection) => (
            <Line
              key={connection.id}
              connection={connection}
              uptime={uptime.data?.get(connection.id)}
              traffic={traffic.data?.byConnection.get(connection.id)}
            />
          ))}
        </ul>
      )}
    </Panel>
  );
}

interface LineProps {
  connection: Connection;
  uptime: Uptime | undefined;
  traffic: Traffic | undefined;
}

function Line({ connection, uptime, traffic }: LineProps) {
  const { t } = useTranslation("overview");
  const { slug, time_zone } = useOrganization();
  const style = useStyle();
  const providers = useProviders();
  const provider = providers.data?.find(({ key }) => key === connection.provider_key);
  const error = connection.last_error as { message?: string } | null;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-6 gap-y-2 px-4 py-3 md:grid-cols-[minmax(0,1fr)_auto_9.5rem]">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-2">
          <Link
            to="/o/$slug/settings"
            params={{ slug }}
            search={{ tab: "connections", connection: connection.id }}
            className="truncate font-medium hover:text-accent-strong hover:underline"
          >
            <bdi>{connection.name}</bdi>
          </Link>
          <Status state={stateOf(connection)} />
          <EnvironmentBadge environment={connection.environment} />
        </div>
        <p className="mt-0.5 truncate text-[13px] text-muted">
          {inTrouble(connection) && error?.message ? (
            <span lang="en" dir="auto" className="text-bad">
              {error.message}
            </span>
          ) : (
            <>
              {provider?.name ?? connection.provider_key}
              {connection.health_checked_at && (
                <>
                  {" · "}
                  {t("connections.checked")} <Time at={connection.health_checked_at} />
                </>
              )}
            </>
          )}
        </p>
      </div>
      <div className="flex flex-col items-end gap-0.5 text-[13px] md:order-last">
        <Calls connectionId={connection.id} traffic={traffic} />
        {traffic && traffic.meanMs !== null && (
          <span className="tabular text-muted">{formatDuration(traffic.meanMs, style)}</span>
        )}
      </div>
      <div className="flex flex-col gap-1 max-md:col-span-2">
        <UptimeBars
          days={uptime?.days ?? unwatched(time_zone)}
          label={t("connections.uptime_days", { name: connection.name })}
        />
        <span className="tabular text-xs text-muted">
          {uptime?.share == null
            ? t("connections.unwatched")
            : t("connections.uptime_share", { share: formatShare(uptime.share, style) })}
        </span>
      </div>
    </li>
  );
}

function Calls({ connectionId, traffic }: { connectionId: string; traffic: Traffic | undefined }) {
  const { t } = useTranslation("overview");
  const { slug } = useOrganization();
  const style = useStyle();
  if (!traffic || traffic.calls === 0) return <span className="text-muted">{t("connections.no_calls")}</span>;
  const link = { params: { slug }, className: "hover:underline" };
  return (
    <span className="tabular whitespace-nowrap">
      <Link to="/o/$slug/analytics" search={{ connection: connectionId }} {...link}>
        {t("connections.calls", { count: traffic.calls, shown: formatCount(traffic.calls, style) })}
      </Link>
      {traffic.errors > 0 && (
        <>
          {" · "}
          <Link
            to="/o/$slug/developers"
            search={{ tab: "logs", connection: connectionId, status: "error" }}
            params={{ slug }}
            className="text-bad hover:underline"
          >
            {t("connections.errors", { share: formatShare(traffic.errors / traffic.calls, style) })}
          </Link>
        </>
      )}
    </span>
  );
}

function unwatched(timeZone: string): UptimeDay[] {
  return Array.from({ length: UPTIME_DAYS }, (_, day) => ({
    startsAt: startOfDay(timeZone, UPTIME_DAYS - 1 - day),
    uptime: null,
    degraded: false,
  }));
}
