/** The list of shipments, with its filters in the address. */
import { type SubmitEvent, useMemo } from "react";
import { Search, Undo2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useEnvironment } from "@/app/organization_route";
import { useStyle } from "@/app/style";
import { useMay } from "@/app/organization";
import { type ListedShipment, STATUSES, statusesOf, useShipments } from "@/hooks/shipments";
import { useCarriers } from "@/hooks/shipping";
import { Badge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Combobox } from "@/ui/combobox";
import { Input } from "@/ui/field";
import { FilterBar } from "@/ui/filter_bar";
import { Money } from "@/ui/money";
import { Select } from "@/ui/select";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { CarrierName } from "./carrier_name";
import { partyOf, townOf } from "./places";
import { type ShippingSearch, shippingRoute } from "./route";
import { useWords } from "./words";

export function Shipments() {
  const { t } = useTranslation(["shipping", "common"]);
  const search = shippingRoute.useSearch();
  const navigate = shippingRoute.useNavigate();
  const environment = useEnvironment();
  const mayShip = useMay("developer");
  const { status, connection, q, since, until, shipment } = search;
  const shipments = useShipments({ status, connection, q, since, until, environment });
  const columns = useColumns();
  const set = (change: Partial<ShippingSearch>) => void navigate({ search: (before) => ({ ...before, ...change }) });
  const filtered = [statusesOf(status), connection, q, since, until].some(Boolean);
  const clear = () =>
    set({ status: undefined, connection: undefined, q: undefined, since: undefined, until: undefined });
  return (
    <>
      <FilterBar filtered={filtered} onClear={clear}>
        <Filters search={search} set={set} />
      </FilterBar>
      <Result
        query={shipments}
        lines={10}
        isEmpty={(data) => data.pages[0]?.length === 0}
        empty={
          filtered ? (
            <NoMatch onClear={clear} />
          ) : (
            <Empty
              title={t("list.empty")}
              action={
                mayShip && (
                  <Button look="primary" onClick={() => set({ tab: "rates" })}>
                    {t("new_shipment")}
                  </Button>
                )
              }
            >
              {t("list.empty_text")}
            </Empty>
          )
        }
      >
        {(data) => (
          <DataTable
            label={t("tabs.shipments")}
            columns={columns}
            rows={data.pages.flat()}
            rowId={(row) => row.id}
            openId={shipment ?? null}
            onOpen={(row) => set({ shipment: row.id })}
            hasMore={shipments.hasNextPage}
            loadingMore={shipments.isFetchingNextPage}
            onMore={() => void shipments.fetchNextPage()}
          />
        )}
      </Result>
    </>
  );
}

function Filters({ search, set }: { search: ShippingSearch; set: (change: Partial<ShippingSearch>) => void }) {
  const { t } = useTranslation(["shipping", "common"]);
  const carriers = useCarriers(useEnvironment());
  const words = t("common:status", { returnObjects: true }) as Record<string, string>;
  const find = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = new FormData(event.currentTarget).get("q");
    set({ q: typeof text === "string" && text.trim() ? text.trim() : undefined });
  };
  return (
    <>
      <form onSubmit={find} className="relative w-64 max-w-full">
        <Search className="pointer-events-none absolute start-2.5 top-2 size-4 text-muted" aria-hidden />
        <Input
          // When the address changes, what was typed is no longer what is looked for.
          key={search.q ?? ""}
          name="q"
          type="search"
          defaultValue={search.q ?? ""}
          aria-label={t("filters.find")}
          placeholder={t("filters.find")}
          className="h-8 border-line ps-8"
          onBlur={(event) => event.currentTarget.form?.requestSubmit()}
        />
      </form>
      <Select
        compact
        aria-label={t("filters.status")}
        value={search.status && statusesOf(search.status) ? search.status : ""}
        onChange={(value) => set({ status: value || undefined })}
        options={[
          { value: "", label: t("filters.any_status") },
          { value: "under_way", label: t("filters.under_way") },
          ...STATUSES.map((value) => ({ value, label: words[value] ?? value })),
        ]}
      />
      <Combobox
        clearable
        label={t("filters.carrier")}
        value={search.connection ?? null}
        onChange={(value) => set({ connection: value ?? undefined })}
        options={(carriers.data ?? []).map(({ connection }) => ({ value: connection.id, label: connection.name }))}
      />
      {(["since", "until"] as const).map((end) => (
        <label key={end} className="inline-flex items-center gap-1.5 text-[13px] text-muted">
          {t(`filters.${end}`)}
          <Input
            type="date"
            className="h-8 w-34 border-line px-2 text-[13px]"
            value={search[end] ?? ""}
            onChange={(event) => set({ [end]: event.target.value || undefined })}
          />
        </label>
      ))}
    </>
  );
}

function useColumns(): readonly Column<ListedShipment>[] {
  const { t } = useTranslation("shipping");
  const detail = useWords("detail");
  return useMemo(
    () => [
      {
        id: "reference",
        header: t("columns.reference"),
        cell: (row) => (
          <>
            <span className="flex items-center gap-2">
              <bdi className="max-w-52 truncate font-medium">{row.reference}</bdi>
              {row.return_of && <Badge icon={Undo2}>{t("columns.return")}</Badge>}
            </span>
            <span className="block max-w-52 truncate text-[13px] text-muted md:hidden">
              <Recipient shipment={row} />
            </span>
          </>
        ),
      },
      {
        id: "status",
        header: t("columns.status"),
        cell: (row) => (
          <span className="flex flex-wrap items-center gap-x-2">
            <Status state={row.status} />
            {row.detail && <span className="text-xs text-muted">{detail(row.detail)}</span>}
          </span>
        ),
      },
      {
        id: "recipient",
        header: t("columns.recipient"),
        wideOnly: true,
        cell: (row) => (
          <span className="block max-w-64 truncate">
            <Recipient shipment={row} />
          </span>
        ),
      },
      {
        id: "carrier",
        header: t("columns.carrier"),
        wideOnly: true,
        cell: (row) => <CarrierName id={row.connection_id} />,
      },
      {
        id: "tracking",
        header: t("columns.tracking"),
        wideOnly: true,
        cell: (row) => (
          <code className="font-mono text-xs" dir="ltr">
            {row.tracking_number ?? "–"}
          </code>
        ),
      },
      {
        id: "cost",
        header: t("columns.cost"),
        end: true,
        wideOnly: true,
        cell: (row) =>
          row.cost !== null && row.cost_currency ? <Money amount={row.cost} currency={row.cost_currency} /> : "–",
      },
      {
        id: "created",
        header: t("columns.created"),
        end: true,
        wideOnly: true,
        cell: (row) => <Time at={row.created_at} />,
      },
    ],
    [t, detail],
  );
}

function Recipient({ shipment }: { shipment: ListedShipment }) {
  const { language } = useStyle();
  const { name } = partyOf(shipment.recipient);
  return (
    <>
      {name && <bdi>{name}</bdi>}
      <span className="text-muted">
        {name && " · "}
        <bdi>{townOf(partyOf(shipment.destination), language)}</bdi>
      </span>
    </>
  );
}
