/** Disputes: payers' banks that ask for money back. They are answered at the gateway. */
import { useMemo } from "react";
import { ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useEnvironment } from "@/app/organization_route";
import { useNow } from "@/app/style";
import { type Dispute, DISPUTE_STATUSES, useDisputes } from "@/hooks/settlement";
import { Status } from "@/ui/badge";
import { FilterBar } from "@/ui/filter_bar";
import { Money } from "@/ui/money";
import { Empty, Loading, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { GatewayFilter } from "./gateway_filter";
import { GatewayName, useNarrowing } from "./gateway_name";
import { useFilters } from "./search";
import { StatusFilter } from "./status_filter";
import { useWords } from "./words";

const HOUR_MS = 3_600_000;
const SOON_MS = 72 * HOUR_MS;

export function DisputesTab() {
  const { t } = useTranslation("payments");
  const { search, filtered, clear } = useFilters();
  const connections = useNarrowing(useEnvironment(), search.connection);
  return (
    <>
      <p className="mb-3 max-w-prose text-muted">{t("disputes.text")}</p>
      <FilterBar filtered={filtered} onClear={clear}>
        <StatusFilter statuses={DISPUTE_STATUSES} />
        <GatewayFilter />
      </FilterBar>
      {connections === undefined ? <Loading lines={6} /> : <List connections={connections} />}
    </>
  );
}

function List({ connections }: { connections: readonly string[] | null }) {
  const { t } = useTranslation("payments");
  const { search, filtered, clear, open } = useFilters();
  const disputes = useDisputes({ status: search.status, connections });
  const columns = useColumns();
  return (
    <Result
      query={disputes}
      isEmpty={(data) => data.pages[0]?.length === 0}
      empty={
        filtered ? (
          <NoMatch onClear={clear} />
        ) : (
          <Empty icon={ShieldCheck} title={t("empty.disputes")}>
            {t("empty.disputes_text")}
          </Empty>
        )
      }
    >
      {(data) => (
        <DataTable
          label={t("tab.disputes")}
          columns={columns}
          rows={data.pages.flat()}
          rowId={(row) => row.id}
          onOpen={(row) => open(row.payment_id)}
          hasMore={disputes.hasNextPage}
          loadingMore={disputes.isFetchingNextPage}
          onMore={() => void disputes.fetchNextPage()}
        />
      )}
    </Result>
  );
}

function useColumns(): Column<Dispute>[] {
  const { t } = useTranslation("payments");
  const words = useWords();
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
      { id: "status", header: t("column.status"), cell: (row) => <Status state={row.status} /> },
      {
        id: "reference",
        header: t("column.payment"),
        cell: (row) => <bdi className="break-all">{row.payment.reference}</bdi>,
      },
      {
        id: "reason",
        header: t("disputes.reason"),
        wideOnly: true,
        cell: (row) =>
          words.dispute(row.reason) ?? (
            <span lang="en" dir="auto">
              {row.reason?.replaceAll("_", " ") ?? "–"}
            </span>
          ),
      },
      { id: "due", header: t("disputes.due"), cell: (row) => <Due dispute={row} /> },
      {
        id: "gateway",
        header: t("column.gateway"),
        wideOnly: true,
        cell: (row) => <GatewayName id={row.connection_id} />,
      },
      {
        id: "created",
        header: t("column.created"),
        wideOnly: true,
        end: true,
        cell: (row) => <Time at={row.created_at} />,
      },
    ],
    [t, words],
  );
}

/** Until when it can be answered; alarming when that is soon. */
function Due({ dispute }: { dispute: Dispute }) {
  const now = useNow();
  if (dispute.status !== "open" || !dispute.evidence_due_by) return <span className="text-muted">–</span>;
  const soon = new Date(dispute.evidence_due_by).getTime() - now.getTime() < SOON_MS;
  return (
    <span className={soon ? "font-medium text-bad" : undefined}>
      <Time at={dispute.evidence_due_by} />
    </span>
  );
}
