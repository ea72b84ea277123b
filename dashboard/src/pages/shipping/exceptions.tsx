/** What needs somebody: parcels in exception, silent ones, those that nobody has fetched. */
import { useMemo } from "react";
import { PackageCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useEnvironment } from "@/app/organization_route";
import { useStyle } from "@/app/style";
import { useCarrierNames } from "@/hooks/shipping";
import { type TroubledShipment, useTroubledShipments } from "@/hooks/troubled_shipments";
import { Badge, Status } from "@/ui/badge";
import { FilterBar } from "@/ui/filter_bar";
import { Select } from "@/ui/select";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { CarrierName } from "./carrier_name";
import { partyOf, townOf } from "./places";
import { shippingRoute } from "./route";
import { useWords } from "./words";

export function Exceptions() {
  const { t } = useTranslation("shipping");
  const { shipment, connection } = shippingRoute.useSearch();
  const navigate = shippingRoute.useNavigate();
  const troubled = useTroubledShipments(useEnvironment());
  const names = useCarrierNames();
  const columns = useColumns();
  const all = troubled.data ?? [];
  const carriers = [...new Set(all.flatMap((each) => each.connection_id ?? []))];
  const shown = connection ? all.filter((each) => each.connection_id === connection) : all;
  const choose = (id: string) => void navigate({ search: (before) => ({ ...before, connection: id || undefined }) });
  return (
    <>
      <p className="mb-3 max-w-prose text-muted">{t("exceptions.text")}</p>
      {(carriers.length > 1 || connection) && (
        <FilterBar filtered={Boolean(connection)} onClear={() => choose("")}>
          <Select
            compact
            aria-label={t("filters.carrier")}
            value={connection ?? ""}
            onChange={choose}
            options={[
              { value: "", label: t("filters.any_carrier") },
              ...carriers.map((value) => ({ value, label: names?.get(value)?.name ?? value })),
            ]}
          />
        </FilterBar>
      )}
      <Result
        query={troubled}
        lines={8}
        empty={
          <Empty icon={PackageCheck} title={t("exceptions.empty")}>
            {t("exceptions.empty_text")}
          </Empty>
        }
      >
        {() =>
          shown.length === 0 ? (
            <NoMatch onClear={() => choose("")} />
          ) : (
            <DataTable
              label={t("tabs.exceptions")}
              columns={columns}
              rows={shown}
              rowId={(row) => row.id}
              openId={shipment ?? null}
              onOpen={(row) => void navigate({ search: (before) => ({ ...before, shipment: row.id }) })}
            />
          )
        }
      </Result>
    </>
  );
}

function useColumns(): readonly Column<TroubledShipment>[] {
  const { t } = useTranslation("shipping");
  const { language } = useStyle();
  const detail = useWords("detail");
  const trouble = useWords("trouble");
  return useMemo(
    () => [
      {
        id: "reference",
        header: t("columns.reference"),
        cell: (row) => <bdi className="block max-w-40 truncate font-medium md:max-w-52">{row.reference}</bdi>,
      },
      {
        id: "trouble",
        header: t("columns.trouble"),
        cell: (row) => (
          <span className="flex flex-wrap items-center gap-2">
            <Badge tone={row.trouble === "not_picked_up" ? "warn" : "bad"}>{trouble(row.trouble)}</Badge>
            {row.detail && <span className="text-xs text-muted">{detail(row.detail)}</span>}
          </span>
        ),
      },
      { id: "status", header: t("columns.status"), wideOnly: true, cell: (row) => <Status state={row.status} /> },
      {
        id: "recipient",
        header: t("columns.recipient"),
        wideOnly: true,
        cell: (row) => (
          <span className="block max-w-64 truncate">
            <bdi>{partyOf(row.recipient).name}</bdi>{" "}
            <bdi className="text-muted">{townOf(partyOf(row.destination), language)}</bdi>
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
        id: "heard",
        header: t("columns.last_heard"),
        end: true,
        wideOnly: true,
        cell: (row) => (row.last_event_at ? <Time at={row.last_event_at} /> : "–"),
      },
      {
        id: "since",
        header: t("columns.since"),
        end: true,
        wideOnly: true,
        cell: (row) => <Time at={row.since} />,
      },
    ],
    [t, language, detail, trouble],
  );
}
