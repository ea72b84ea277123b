/** Payment links: make one, send it, see whether it was paid. */
import { lazy, Suspense, useMemo, useState } from "react";
import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useNow } from "@/app/style";
import { LINK_STATUSES, linkState, type PaymentLink, usePayAddress, usePaymentLinks } from "@/hooks/payment_links";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy_button";
import { FilterBar } from "@/ui/filter_bar";
import { Money } from "@/ui/money";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { FilterInput } from "@/ui/filter_input";
import { useFilters } from "./search";
import { StatusFilter } from "./status_filter";

const LinkDialog = lazy(() => import("./link_dialog").then((module) => ({ default: module.LinkDialog })));
const DisableLink = lazy(() => import("./disable_link").then((module) => ({ default: module.DisableLink })));

export function LinksTab() {
  const { t } = useTranslation("payments");
  const { search, filtered, set, clear } = useFilters();
  const links = usePaymentLinks({ status: search.status, q: search.q, environment: useEnvironment() });
  const [creating, setCreating] = useState(false);
  const [disabling, setDisabling] = useState<PaymentLink | null>(null);
  const may = useMay("developer");
  const columns = useColumns(may ? setDisabling : null);
  const create = may && (
    <Button look="primary" onClick={() => setCreating(true)}>
      <Plus className="size-4" aria-hidden />
      {t("links.create")}
    </Button>
  );
  return (
    <>
      <FilterBar filtered={filtered} onClear={clear} aside={create}>
        <FilterInput
          label={t("links.reference")}
          value={search.q}
          onChange={(q) => set({ q })}
          className="w-56 max-sm:w-full"
        />
        <StatusFilter statuses={LINK_STATUSES} />
      </FilterBar>
      <Result
        query={links}
        isEmpty={(data) => data.pages[0]?.length === 0}
        empty={
          filtered ? (
            <NoMatch onClear={clear} />
          ) : (
            <Empty title={t("empty.links")} action={create}>
              {t("empty.links_text")}
            </Empty>
          )
        }
      >
        {(data) => (
          <DataTable
            label={t("tab.links")}
            columns={columns}
            rows={data.pages.flat()}
            rowId={(row) => row.id}
            onOpen={(row) => set({ tab: undefined, link: row.id, status: undefined, q: undefined })}
            hasMore={links.hasNextPage}
            loadingMore={links.isFetchingNextPage}
            onMore={() => void links.fetchNextPage()}
          />
        )}
      </Result>
      <Suspense>
        {creating && <LinkDialog onClose={() => setCreating(false)} />}
        {disabling && <DisableLink link={disabling} onClose={() => setDisabling(null)} />}
      </Suspense>
    </>
  );
}

function useColumns(onDisable: ((link: PaymentLink) => void) | null): Column<PaymentLink>[] {
  const { t } = useTranslation("payments");
  const addressOf = usePayAddress();
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
      { id: "status", header: t("column.status"), cell: (row) => <State link={row} /> },
      {
        id: "reference",
        header: t("column.reference"),
        cell: (row) => <bdi className="break-all">{row.reference}</bdi>,
      },
      {
        id: "use",
        header: t("links.use"),
        wideOnly: true,
        cell: (row) => t(row.single_use ? "links.once" : "links.many"),
      },
      {
        id: "environment",
        header: t("links.environment"),
        wideOnly: true,
        cell: (row) => <EnvironmentBadge environment={row.environment} />,
      },
      {
        id: "expires",
        header: t("links.expires"),
        wideOnly: true,
        cell: (row) => (row.expires_at ? <Time at={row.expires_at} /> : <span className="text-muted">–</span>),
      },
      {
        id: "created",
        header: t("column.created"),
        wideOnly: true,
        end: true,
        cell: (row) => <Time at={row.created_at} />,
      },
      {
        id: "do",
        header: t("links.do"),
        end: true,
        cell: (row) => (
          // A press here is not one on the row.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
          <span className="inline-flex items-center gap-1" onClick={(event) => event.stopPropagation()}>
            {addressOf && (
              <CopyButton text={addressOf(row.token)} label={t("links.copy", { reference: row.reference })} />
            )}
            {onDisable && row.status === "active" && (
              <Button look="quiet" size="small" onClick={() => onDisable(row)}>
                {t("links.disable")}
              </Button>
            )}
          </span>
        ),
      },
    ],
    [t, addressOf, onDisable],
  );
}

function State({ link }: { link: PaymentLink }) {
  return <Status state={linkState(link, useNow())} />;
}
