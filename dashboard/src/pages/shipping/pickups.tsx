/** Drivers that are sent for. */
import { lazy, Suspense, useMemo, useState } from "react";
import { CalendarPlus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useStyle } from "@/app/style";
import { type Pickup, useCancelPickup, usePickups } from "@/hooks/handover";
import { useCarriers } from "@/hooks/shipping";
import { formatCount, formatHour } from "@/lib/format";
import { Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Empty, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { tellDone } from "@/ui/toast";
import { ConnectCarrier } from "./connect_carrier";
import { CarrierName } from "./carrier_name";
import { partyOf } from "./places";

const PickupDialog = lazy(() => import("./pickup_dialog").then((module) => ({ default: module.PickupDialog })));

export function Pickups() {
  const { t } = useTranslation("shipping");
  const environment = useEnvironment();
  const allowed = useMay("developer");
  const carriers = useCarriers(environment);
  const pickups = usePickups(environment);
  const [scheduling, setScheduling] = useState(false);
  const [cancelling, setCancelling] = useState<Pickup | null>(null);
  const columns = useColumns(allowed ? setCancelling : null);
  const cancel = useCancelPickup();
  const able = (carriers.data ?? []).filter(({ can }) => can("schedules_pickups"));
  const schedule = allowed && able.length > 0 && (
    <Button look="primary" onClick={() => setScheduling(true)}>
      <CalendarPlus className="size-4" aria-hidden />
      {t("pickups.schedule")}
    </Button>
  );
  if (carriers.data?.length === 0) return <ConnectCarrier />;
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-prose text-muted">
          {carriers.data && able.length === 0 ? t("pickups.nobody_comes") : t("pickups.text")}
        </p>
        {schedule}
      </div>
      <Result
        query={pickups}
        isEmpty={(data) => data.pages[0]?.length === 0}
        empty={<Empty title={t("pickups.empty")}>{t("pickups.empty_text")}</Empty>}
      >
        {(data) => (
          <DataTable
            label={t("tabs.pickups")}
            columns={columns}
            rows={data.pages.flat()}
            rowId={(row) => row.id}
            hasMore={pickups.hasNextPage}
            loadingMore={pickups.isFetchingNextPage}
            onMore={() => void pickups.fetchNextPage()}
          />
        )}
      </Result>
      {scheduling && (
        <Suspense>
          <PickupDialog carriers={able} onClose={() => setScheduling(false)} />
        </Suspense>
      )}
      <Confirm
        open={cancelling !== null}
        onOpenChange={() => setCancelling(null)}
        title={t("pickups.cancel_title")}
        action={t("pickups.cancel")}
        onConfirm={async () => {
          if (!cancelling) return;
          await cancel.mutateAsync({ pickup_id: cancelling.id });
          tellDone(t("pickups.cancelled"));
        }}
      >
        {cancelling && t("pickups.cancel_text", { count: cancelling.parcels })}
      </Confirm>
    </>
  );
}

function useColumns(onCancel: ((pickup: Pickup) => void) | null): readonly Column<Pickup>[] {
  const { t } = useTranslation("shipping");
  const style = useStyle();
  return useMemo(
    () => [
      {
        id: "when",
        header: t("pickups.when"),
        cell: (row) => (
          <span className="whitespace-nowrap">
            <Time at={row.ready_at} absolute /> – <bdi>{formatHour(row.closes_at, style)}</bdi>
          </span>
        ),
      },
      { id: "status", header: t("columns.status"), cell: (row) => <PickupStatus pickup={row} /> },
      {
        id: "carrier",
        header: t("columns.carrier"),
        wideOnly: true,
        cell: (row) => <CarrierName id={row.connection_id} />,
      },
      {
        id: "place",
        header: t("pickups.place"),
        wideOnly: true,
        cell: (row) => {
          const { company, name, line1, city } = partyOf(row.place);
          const where = [company ?? name, line1, city].filter(Boolean).join(", ");
          return <bdi className="block max-w-72 truncate">{where}</bdi>;
        },
      },
      {
        id: "parcels",
        header: t("facts.parcels"),
        end: true,
        wideOnly: true,
        cell: (row) => formatCount(row.parcels, style),
      },
      {
        id: "number",
        header: t("pickups.number"),
        wideOnly: true,
        cell: (row) => (
          <code className="font-mono text-xs" dir="ltr">
            {row.provider_pickup_id ?? "–"}
          </code>
        ),
      },
      {
        id: "cancel",
        header: t("pickups.action"),
        end: true,
        cell: (row) =>
          onCancel && (row.status === "pending" || row.status === "scheduled") ? (
            <Button size="small" look="danger" onClick={() => onCancel(row)}>
              {t("pickups.cancel")}
            </Button>
          ) : null,
      },
    ],
    [t, style, onCancel],
  );
}

function PickupStatus({ pickup }: { pickup: Pickup }) {
  const { message } = (pickup.failure ?? {}) as { message?: string };
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Status state={pickup.status} />
      {message && (
        <span lang="en" dir="auto" title={message} className="max-w-64 truncate text-xs text-bad">
          {message}
        </span>
      )}
    </span>
  );
}
