/** Payouts: money on its way to the merchant's bank account, as far as gateways tell of it. */
import { useMemo } from "react";
import { Landmark } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useEnvironment } from "@/app/organization_route";
import { useStyle } from "@/app/style";
import { type Payout, PAYOUT_STATUSES, usePayouts } from "@/hooks/settlement";
import { formatDay } from "@/lib/format";
import { Status } from "@/ui/badge";
import { Id } from "@/ui/copy_button";
import { FilterBar } from "@/ui/filter_bar";
import { Money } from "@/ui/money";
import { Empty, Loading, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { GatewayFilter } from "./gateway_filter";
import { GatewayName, useNarrowing } from "./gateway_name";
import { useFilters } from "./search";
import { StatusFilter } from "./status_filter";

export function PayoutsTab() {
  const { t } = useTranslation("payments");
  const { search, filtered, clear } = useFilters();
  const connections = useNarrowing(useEnvironment(), search.connection);
  return (
    <>
      <p className="mb-3 max-w-prose text-muted">{t("payouts.text")}</p>
      <FilterBar filtered={filtered} onClear={clear}>
        <StatusFilter statuses={PAYOUT_STATUSES} />
        <GatewayFilter />
      </FilterBar>
      {connections === undefined ? <Loading lines={6} /> : <List connections={connections} />}
    </>
  );
}

function List({ connections }: { connections: readonly string[] | null }) {
  const { t } = useTranslation("payments");
  const { search, filtered, clear } = useFilters();
  const payouts = usePayouts({ status: search.status, connections });
  const columns = useColumns();
  return (
    <Result
      query={payouts}
      isEmpty={(data) => data.pages[0]?.length === 0}
      empty={
        filtered ? (
          <NoMatch onClear={clear} />
        ) : (
          <Empty icon={Landmark} title={t("empty.payouts")}>
            {t("empty.payouts_text")}
          </Empty>
        )
      }
    >
      {(data) => (
        <DataTable
          label={t("tab.payouts")}
          columns={columns}
          rows={data.pages.flat()}
          rowId={(row) => row.id}
          hasMore={payouts.hasNextPage}
          loadingMore={payouts.isFetchingNextPage}
          onMore={() => void payouts.fetchNextPage()}
        />
      )}
    </Result>
  );
}

function useColumns(): Column<Payout>[] {
  const { t } = useTranslation("payments");
  const style = useStyle();
  return useMemo(
    () => [
      {
        id: "amount",
        header: t("column.amount"),
        end: true,
        cell: (row) => (
          <span className="font-medium">
            <Money amount={row.amount} currency={row.currency} />
          </span>
        ),
      },
      {
        id: "status",
        header: t("column.status"),
        cell: (row) => (
          <span className="inline-flex flex-wrap items-center gap-x-2">
            <Status state={row.status} />
            {row.failure_reason && (
              <span className="text-[13px] text-bad" lang="en" dir="auto">
                {row.failure_reason.replaceAll("_", " ")}
              </span>
            )}
          </span>
        ),
      },
      {
        id: "arrives",
        header: t("payouts.arrives"),
        // A date without a time: it is the same day everywhere.
        cell: (row) => (row.arrives_on ? formatDay(row.arrives_on, { ...style, timeZone: "UTC" }) : "–"),
      },
      { id: "gateway", header: t("column.gateway"), cell: (row) => <GatewayName id={row.connection_id} /> },
      { id: "id", header: t("payouts.id"), wideOnly: true, cell: (row) => <Id value={row.provider_payout_id} /> },
      {
        id: "told",
        header: t("payouts.told"),
        wideOnly: true,
        end: true,
        cell: (row) => <Time at={row.told_at} />,
      },
    ],
    [t, style],
  );
}
