/** Health of connections over time: thirty days of each, and the whole history of one. */
import { useTranslation } from "react-i18next";
import { Link } from "@tanstack/react-router";
import { useOrganization } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useStyle } from "@/app/style";
import { type Connection, useConnections } from "@/hooks/connections";
import { type Uptime, useUptime } from "@/hooks/monitoring";
import { formatShare } from "@/lib/format";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { Button, buttonClass } from "@/ui/button";
import { FilterBar } from "@/ui/filter_bar";
import { Panel } from "@/ui/panel";
import { Empty, Loading, Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { UptimeBars } from "@/ui/uptime_bars";
import { ConnectionFilter, TimeFilters, useSet } from "./filters";
import { HealthHistory } from "./health_history";
import { analyticsRoute } from "./route";

export function Health() {
  const { connection } = analyticsRoute.useSearch();
  const set = useSet();
  return (
    <>
      <FilterBar filtered={connection !== undefined} onClear={() => set({ connection: undefined })}>
        <ConnectionFilter />
        {connection !== undefined && <TimeFilters />}
      </FilterBar>
      {connection === undefined ? <All /> : <HealthHistory key={connection} connection={connection} />}
    </>
  );
}

function All() {
  const { t } = useTranslation("analytics");
  const { slug } = useOrganization();
  const connections = useConnections(useEnvironment());
  const uptime = useUptime();
  return (
    <Panel title={t("health.title")}>
      <Result
        query={connections}
        empty={
          <Empty
            title={t("health.empty")}
            action={
              <Link to="/o/$slug" params={{ slug }} search={{ connect: true }} className={buttonClass()}>
                {t("empty.connect")}
              </Link>
            }
          >
            {t("health.empty_text")}
          </Empty>
        }
      >
        {(list) => (
          <ul className="divide-y divide-line">
            {list.map((connection) => (
              <Line
                key={connection.id}
                connection={connection}
                uptime={uptime.data?.get(connection.id)}
                loading={uptime.isPending}
              />
            ))}
          </ul>
        )}
      </Result>
    </Panel>
  );
}

function Line({
  connection,
  uptime,
  loading,
}: {
  connection: Connection;
  uptime: Uptime | undefined;
  loading: boolean;
}) {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  const set = useSet();
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3">
      <div className="min-w-48 grow">
        <span className="flex flex-wrap items-center gap-2">
          <bdi className="font-medium">{connection.name}</bdi>
          <Status state={connection.health_state} />
          <EnvironmentBadge environment={connection.environment} />
        </span>
        {connection.health_changed_at && (
          <span className="block text-[13px] text-muted">
            {t("health.since")} <Time at={connection.health_changed_at} />
          </span>
        )}
      </div>
      <div className="w-[13.5rem]">
        {loading ? (
          <Loading lines={1} />
        ) : uptime ? (
          <UptimeBars days={uptime.days} label={t("health.days", { name: connection.name })} />
        ) : (
          <span className="text-[13px] text-muted">{t("health.unwatched")}</span>
        )}
      </div>
      <span className="tabular w-16 text-end font-medium">
        {uptime?.share == null ? "–" : formatShare(uptime.share, style)}
      </span>
      <Button
        size="small"
        aria-label={t("health.history_of", { name: connection.name })}
        onClick={() =>
          set({ connection: connection.id, range: "30d", from: undefined, to: undefined, zoom: undefined })
        }
      >
        {t("health.history")}
      </Button>
    </li>
  );
}
