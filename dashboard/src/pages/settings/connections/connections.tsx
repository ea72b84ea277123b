/** Accounts at providers: how each is doing, and what is set for it. */
import { lazy, Suspense, useMemo } from "react";
import { Link } from "@tanstack/react-router";
import { Plug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { type Connection, useConnections } from "@/hooks/connections";
import { useProviders } from "@/hooks/providers";
import { stateOf, worstFirst } from "@/hooks/connection_state";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { buttonClass } from "@/ui/button";
import { FilterBar } from "@/ui/filter_bar";
import { Select } from "@/ui/select";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { settingsRoute } from "../route";
import { useSet } from "../parts";

const ConnectionDrawer = lazy(() =>
  import("./connection_drawer").then((module) => ({ default: module.ConnectionDrawer })),
);

const STATES = ["up", "degraded", "down", "needs_attention", "pending", "paused"] as const;

export function Connections() {
  const { t } = useTranslation(["settings", "common"]);
  const { slug } = useOrganization();
  const { connection, status } = settingsRoute.useSearch();
  const set = useSet();
  const mayConnect = useMay("developer");
  const connections = useConnections(useEnvironment());
  const columns = useColumns();
  const state = STATES.find((each) => each === status);
  const connect = mayConnect && (
    <Link to="/o/$slug" params={{ slug }} search={{ connect: true }} className={buttonClass("primary", "small")}>
      <Plug className="size-4" aria-hidden />
      {t("environments.connect")}
    </Link>
  );
  return (
    <div>
      <FilterBar
        filtered={state !== undefined}
        onClear={() => set({ status: undefined })}
        aside={connections.data?.length ? connect : undefined}
      >
        <Select
          compact
          aria-label={t("connections.state")}
          value={state ?? "all"}
          onChange={(value) => set({ status: value === "all" ? undefined : value })}
          options={[
            { value: "all", label: t("connections.all") },
            ...STATES.map((value) => ({ value, label: t(`common:status.${value}`) })),
          ]}
        />
      </FilterBar>
      <Result
        query={connections}
        empty={
          <Empty icon={Plug} title={t("connections.empty")} action={connect}>
            {t("connections.empty_text")}
          </Empty>
        }
      >
        {(all) => {
          const shown = worstFirst(state ? all.filter((each) => stateOf(each) === state) : all);
          return shown.length === 0 ? (
            <NoMatch onClear={() => set({ status: undefined })} />
          ) : (
            <DataTable
              label={t("tab.connections")}
              columns={columns}
              rows={shown}
              rowId={({ id }) => id}
              openId={connection ?? null}
              onOpen={({ id }) => set({ connection: id })}
            />
          );
        }}
      </Result>
      {connection !== undefined && (
        <Suspense>
          <ConnectionDrawer id={connection} onClose={() => set({ connection: undefined })} />
        </Suspense>
      )}
    </div>
  );
}

function useColumns(): Column<Connection>[] {
  const { t } = useTranslation(["settings", "common"]);
  const { data: providers } = useProviders();
  return useMemo(
    () => [
      {
        id: "name",
        header: t("connections.name"),
        cell: ({ name, provider_key }) => (
          <span className="block min-w-0">
            <bdi className="font-medium">{name}</bdi>
            <span className="block text-[13px] text-muted">
              {providers?.find(({ key }) => key === provider_key)?.name ?? provider_key}
            </span>
          </span>
        ),
      },
      {
        id: "environment",
        header: t("common:environment.label"),
        cell: ({ environment }) => <EnvironmentBadge environment={environment} />,
        wideOnly: true,
      },
      { id: "state", header: t("connections.state"), cell: (row) => <Status state={stateOf(row)} /> },
      {
        id: "checked",
        header: t("connections.checked"),
        cell: ({ health_checked_at }) => (health_checked_at ? <Time at={health_checked_at} /> : "–"),
        wideOnly: true,
      },
    ],
    [providers, t],
  );
}
