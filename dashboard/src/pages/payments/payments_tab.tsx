/** The list of payments. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "@tanstack/react-router";
import { useMay, useOrganization } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { type ListedPayment, usePayments } from "@/hooks/payments";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { buttonClass } from "@/ui/button";
import { Money } from "@/ui/money";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { GatewayName } from "./gateway_name";
import { PaymentFilters } from "./payment_filters";
import { useFilters } from "./search";
import { useWords } from "./words";

export function PaymentsTab() {
  const { t } = useTranslation("payments");
  const { search, filtered, clear, open } = useFilters();
  const { status, connection, method, minimum, maximum, from, to, q, link } = search;
  const environment = useEnvironment();
  const payments = usePayments({
    status,
    connection,
    method,
    minimum,
    maximum,
    from,
    to,
    q,
    link,
    environment,
  });
  const columns = useColumns(environment === null);
  return (
    <>
      <PaymentFilters />
      <Result
        query={payments}
        lines={10}
        isEmpty={(data) => data.pages[0]?.length === 0}
        empty={filtered ? <NoMatch onClear={clear} /> : <NoPayments />}
      >
        {(data) => (
          <DataTable
            label={t("tab.payments")}
            columns={columns}
            rows={data.pages.flat()}
            rowId={(row) => row.id}
            openId={search.payment ?? null}
            onOpen={(row) => open(row.id)}
            hasMore={payments.hasNextPage}
            loadingMore={payments.isFetchingNextPage}
            onMore={() => void payments.fetchNextPage()}
          />
        )}
      </Result>
    </>
  );
}

function useColumns(mixed: boolean): Column<ListedPayment>[] {
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
      { id: "status", header: t("column.status"), cell: (row) => <Told payment={row} /> },
      {
        id: "reference",
        header: t("column.reference"),
        cell: (row) => (
          <>
            <bdi className="wrap-anywhere">{row.reference}</bdi>
            <span className="block text-[13px] text-muted md:hidden">
              <Time at={row.created_at} />
            </span>
          </>
        ),
      },
      {
        id: "method",
        header: t("column.method"),
        wideOnly: true,
        cell: (row) => (row.method ? words.method(row.method) : <span className="text-muted">–</span>),
      },
      {
        id: "gateway",
        header: t("column.gateway"),
        wideOnly: true,
        cell: (row) => <GatewayName id={row.connection_id} />,
      },
      ...(mixed
        ? [
            {
              id: "environment",
              header: t("links.environment"),
              wideOnly: true,
              cell: (row: ListedPayment) => <EnvironmentBadge environment={row.environment} />,
            },
          ]
        : []),
      {
        id: "created",
        header: t("column.created"),
        wideOnly: true,
        end: true,
        cell: (row) => <Time at={row.created_at} />,
      },
    ],
    [t, words, mixed],
  );
}

/** The status, and of what failed the reason. */
function Told({ payment }: { payment: ListedPayment }) {
  const words = useWords();
  const reason = (payment.failure as { reason?: string } | null)?.reason;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <Status state={payment.status} />
      {payment.status === "failed" && (
        <span className="text-[13px] text-muted max-lg:hidden">{words.reason(reason)}</span>
      )}
    </span>
  );
}

function NoPayments() {
  const { t } = useTranslation("payments");
  const { slug } = useOrganization();
  const { set } = useFilters();
  const may = useMay("developer");
  return (
    <Empty
      title={t("empty.payments")}
      action={
        <>
          {may && (
            <button type="button" className={buttonClass("primary")} onClick={() => set({ tab: "links" })}>
              {t("empty.payments_link")}
            </button>
          )}
          <Link to="/o/$slug/developers" params={{ slug }} className={buttonClass()}>
            {t("empty.payments_api")}
          </Link>
        </>
      }
    >
      {t("empty.payments_text")}
    </Empty>
  );
}
