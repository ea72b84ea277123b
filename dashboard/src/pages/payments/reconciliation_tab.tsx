/** Reconciliation: where our payments and the gateways' do not agree, and the comparisons that found it. */
import { lazy, Suspense, useMemo, useState } from "react";
import { Scale, ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { PAYMENT_STATUSES } from "@/hooks/payments";
import { type Difference, DIFFERENCE_STATUSES, useDifferences } from "@/hooks/settlement";
import { Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Id } from "@/ui/copy_button";
import { FilterBar } from "@/ui/filter_bar";
import { Empty, Loading, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { GatewayFilter } from "./gateway_filter";
import { GatewayName, useNarrowing } from "./gateway_name";
import { Reconciliations } from "./reconciliations";
import { useFilters } from "./search";
import { StatusFilter } from "./status_filter";
import { useWords } from "./words";

const ReconcileDialog = lazy(() =>
  import("./reconcile_dialog").then((module) => ({ default: module.ReconcileDialog })),
);
const DismissDialog = lazy(() => import("./dismiss_dialog").then((module) => ({ default: module.DismissDialog })));

export function ReconciliationTab() {
  const { t } = useTranslation("payments");
  const { search, filtered, clear } = useFilters();
  const connections = useNarrowing(useEnvironment(), search.connection);
  const [comparing, setComparing] = useState(false);
  const may = useMay("developer");
  const compare = may && (
    <Button onClick={() => setComparing(true)}>
      <Scale className="size-4" aria-hidden />
      {t("reconcile.run")}
    </Button>
  );
  return (
    <>
      <p className="mb-3 max-w-prose text-muted">{t("reconcile.text")}</p>
      <FilterBar filtered={filtered} onClear={clear} aside={compare}>
        <StatusFilter statuses={DIFFERENCE_STATUSES} />
        <GatewayFilter />
      </FilterBar>
      {connections === undefined ? (
        <Loading lines={6} />
      ) : (
        <div className="flex flex-col gap-5">
          <Differences connections={connections} />
          <Reconciliations connections={connections} />
        </div>
      )}
      {comparing && (
        <Suspense>
          <ReconcileDialog onClose={() => setComparing(false)} />
        </Suspense>
      )}
    </>
  );
}

function Differences({ connections }: { connections: readonly string[] | null }) {
  const { t } = useTranslation("payments");
  const { search, filtered, clear, open } = useFilters();
  const differences = useDifferences({ status: search.status, connections });
  const [dismissing, setDismissing] = useState<Difference | null>(null);
  const may = useMay("developer");
  const columns = useColumns(may ? setDismissing : null);
  return (
    <>
      <Result
        query={differences}
        isEmpty={(data) => data.pages[0]?.length === 0}
        empty={
          filtered ? (
            <NoMatch onClear={clear} />
          ) : (
            <Empty icon={ShieldCheck} title={t("empty.differences")}>
              {t("empty.differences_text")}
            </Empty>
          )
        }
      >
        {(data) => (
          <DataTable
            label={t("reconcile.differences")}
            columns={columns}
            rows={data.pages.flat()}
            rowId={(row) => row.id}
            onOpen={(row) => {
              if (row.payment_id) open(row.payment_id);
            }}
            hasMore={differences.hasNextPage}
            loadingMore={differences.isFetchingNextPage}
            onMore={() => void differences.fetchNextPage()}
          />
        )}
      </Result>
      {dismissing && (
        <Suspense>
          <DismissDialog difference={dismissing} onClose={() => setDismissing(null)} />
        </Suspense>
      )}
    </>
  );
}

const KINDS = ["missing_here", "missing_there", "status", "amount", "captured", "refunded"] as const;

function useColumns(onDismiss: ((difference: Difference) => void) | null): Column<Difference>[] {
  const { t } = useTranslation(["payments", "common"]);
  const words = useWords();
  return useMemo(
    () => [
      {
        id: "kind",
        header: t("reconcile.kind"),
        cell: (row) => {
          if (row.kind === "missing_here" && row.payment_id) return t("difference.charged_twice");
          const kind = KINDS.find((each) => each === row.kind);
          return kind ? t(`difference.${kind}`) : row.kind;
        },
      },
      { id: "status", header: t("column.status"), cell: (row) => <Status state={row.status} /> },
      {
        id: "ours",
        header: t("reconcile.ours"),
        cell: (row) => {
          const status = PAYMENT_STATUSES.find((each) => each === row.ours);
          return status ? t(`common:status.${status}`) : <code dir="ltr">{row.ours ?? "–"}</code>;
        },
      },
      { id: "theirs", header: t("reconcile.theirs"), cell: (row) => <code dir="ltr">{row.theirs ?? "–"}</code> },
      {
        id: "gateway",
        header: t("column.gateway"),
        wideOnly: true,
        cell: (row) => <GatewayName id={row.connection_id} />,
      },
      {
        id: "id",
        header: t("reconcile.their_id"),
        wideOnly: true,
        cell: (row) => <Id value={row.provider_payment_id} />,
      },
      { id: "seen", header: t("reconcile.seen"), wideOnly: true, cell: (row) => <Time at={row.last_seen_at} /> },
      {
        id: "do",
        header: t("links.do"),
        end: true,
        cell: (row) =>
          row.status === "open" && onDismiss ? (
            // A press here is not one on the row.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
            <span onClick={(event) => event.stopPropagation()}>
              <Button look="quiet" size="small" onClick={() => onDismiss(row)}>
                {t("reconcile.dismiss")}
              </Button>
            </span>
          ) : (
            row.resolved_by && (
              <span className="inline-flex flex-col items-end text-[13px] text-muted">
                {words.maker(row.resolved_by)}
                {row.note && (
                  <span className="max-w-64 truncate text-ink" dir="auto" title={row.note}>
                    {row.note}
                  </span>
                )}
              </span>
            )
          ),
      },
    ],
    [t, words, onDismiss],
  );
}
