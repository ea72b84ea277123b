/** The addresses that providers send to. */
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useStyle } from "@/app/style";
import { type Endpoint, useEndpoints } from "@/hooks/webhook_endpoints";
import { formatCount } from "@/lib/format";
import { Badge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { FilterBar } from "@/ui/filter_bar";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { NO_FILTERS, useWebhooksSearch } from "./route";
import { Code, ConnectionFilter, ConnectionName, useConnectionsShown } from "./shared";

const EndpointDrawer = lazy(() => import("./endpoint_drawer").then((module) => ({ default: module.EndpointDrawer })));
const AddEndpoint = lazy(() => import("./add_endpoint").then((module) => ({ default: module.AddEndpoint })));

export function EndpointsTab() {
  const { t } = useTranslation("webhooks");
  const { search, set } = useWebhooksSearch();
  const mayAdd = useMay("developer");
  const style = useStyle();
  const among = useConnectionsShown();
  const endpoints = useEndpoints();
  const { connection } = search;
  const rows = useMemo(
    () =>
      (endpoints.data ?? []).filter(
        ({ connection_id }) =>
          (among === null || among.includes(connection_id)) && (!connection || connection === connection_id),
      ),
    [endpoints.data, among, connection],
  );
  const columns = useMemo(
    (): Column<Endpoint>[] => [
      {
        id: "connection",
        header: t("columns.connection"),
        cell: (row) => (
          <span className="flex flex-col">
            <ConnectionName id={row.connection_id} />
            {row.description && <bdi className="max-w-64 truncate text-[13px] text-muted">{row.description}</bdi>}
          </span>
        ),
      },
      {
        id: "state",
        header: t("columns.status"),
        cell: (row) => (
          <span className="flex gap-1">
            <Status state={row.enabled ? "active" : "disabled"} />
            {row.record_only && <Badge>{t("endpoint.record_only")}</Badge>}
          </span>
        ),
      },
      {
        id: "address",
        header: t("columns.address"),
        cell: (row) => <Code>{`…/${row.token_hint}…`}</Code>,
        wideOnly: true,
      },
      {
        id: "taken",
        header: t("columns.taken"),
        cell: (row) => formatCount(row.received_count, style),
        end: true,
        wideOnly: true,
      },
      {
        id: "refused",
        header: t("columns.refused"),
        cell: (row) => formatCount(row.refused_count, style),
        end: true,
        wideOnly: true,
      },
      {
        id: "last",
        header: t("columns.last"),
        cell: (row) => (row.last_received_at ? <Time at={row.last_received_at} /> : t("endpoint.never")),
        end: true,
      },
    ],
    [t, style],
  );
  const open = endpoints.data?.find(({ id }) => id === search.endpoint);
  return (
    <>
      <FilterBar filtered={connection !== undefined} onClear={() => set(NO_FILTERS)}>
        <ConnectionFilter value={connection} onChange={(next) => set({ connection: next })} />
      </FilterBar>
      <Result
        query={endpoints}
        lines={6}
        isEmpty={() => rows.length === 0}
        empty={
          connection !== undefined ? (
            <NoMatch onClear={() => set(NO_FILTERS)} />
          ) : (
            <Empty
              title={t("endpoints.empty")}
              action={
                mayAdd && (
                  <Button look="primary" onClick={() => set({ add: "endpoint" })}>
                    {t("add.endpoint")}
                  </Button>
                )
              }
            >
              {t("endpoints.empty_text")}
            </Empty>
          )
        }
      >
        {() => (
          <DataTable
            label={t("tabs.endpoints")}
            columns={columns}
            rows={rows}
            rowId={({ id }) => id}
            openId={search.endpoint ?? null}
            onOpen={({ id }) => set({ endpoint: id })}
          />
        )}
      </Result>
      <Suspense>
        {open && <EndpointDrawer key={open.id} endpoint={open} onClose={() => set({ endpoint: undefined })} />}
        {search.add === "endpoint" && mayAdd && <AddEndpoint onClose={() => set({ add: undefined })} />}
      </Suspense>
    </>
  );
}
