/** What can be done with a shipment, as far as its state, its carrier and the person's role allow. */
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useCancelShipment, useProveDelivery, useTrackShipment } from "@/hooks/shipment_actions";
import { type Shipment, UNDER_WAY } from "@/hooks/shipments";
import { useCarrierNames, useCarriers } from "@/hooks/shipping";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { tellDone, tellProblem } from "@/ui/toast";

const ReturnDialog = lazy(() => import("./return_dialog").then((module) => ({ default: module.ReturnDialog })));
const EventDialog = lazy(() => import("./event_dialog").then((module) => ({ default: module.EventDialog })));

const LOST_CAUSES = ["pending", "cancelled", "failed"];

export function Actions({ shipment }: { shipment: Shipment }) {
  const { t } = useTranslation("shipping");
  const allowed = useMay("developer");
  const carriers = useCarriers(null);
  const names = useCarrierNames();
  const [open, setOpen] = useState<"return" | "event" | "cancel" | null>(null);
  const track = useTrackShipment();
  const prove = useProveDelivery();
  if (!allowed) return <p className="me-auto self-center text-[13px] text-muted">{t("actions.needs_developer")}</p>;

  // Its parcels go on; what is seen of them can still be written down.
  const cut = shipment.connection_id !== null && names?.get(shipment.connection_id)?.cut === true;
  const carrier = carriers.data?.find(({ connection }) => connection.id === shipment.connection_id);
  const underWay = UNDER_WAY.some((status) => status === shipment.status);
  const dead = LOST_CAUSES.includes(shipment.status);
  const close = (next: boolean) => {
    if (!next) setOpen(null);
  };
  const tell = (done: string) => ({ onSuccess: () => tellDone(done), onError: tellProblem });
  return (
    <>
      {cut && <p className="me-auto self-center text-[13px] text-muted">{t("actions.cut")}</p>}
      {!cut && (shipment.status === "created" || shipment.status === "pending") && (
        <span className="me-auto inline-flex items-center gap-2">
          <Button
            look="danger"
            disabled={shipment.status === "created" && carrier !== undefined && !carrier.can("cancels_shipments")}
            onClick={() => setOpen("cancel")}
          >
            {t("actions.cancel")}
          </Button>
          {shipment.status === "created" && carrier && !carrier.can("cancels_shipments") && (
            <span className="text-[13px] text-muted">{t("actions.cannot_cancel")}</span>
          )}
        </span>
      )}
      {shipment.status === "delivered" && carrier?.can("proves_delivery") && (
        <Button
          busy={prove.isPending}
          onClick={() => prove.mutate({ shipment_id: shipment.id }, tell(t("actions.proved")))}
        >
          {t("actions.prove")}
        </Button>
      )}
      {!dead && <Button onClick={() => setOpen("event")}>{t("actions.record")}</Button>}
      {!cut && !dead && shipment.tracking_number && shipment.return_of === null && (
        <Button onClick={() => setOpen("return")}>{t("actions.return")}</Button>
      )}
      {underWay && shipment.tracking_number && carrier?.can("tracks_shipments") && (
        <Button
          look="primary"
          busy={track.isPending}
          onClick={() => track.mutate({ shipment_id: shipment.id }, tell(t("actions.tracked")))}
        >
          {t("actions.track")}
        </Button>
      )}
      <CancelConfirm shipment={shipment} open={open === "cancel"} onOpenChange={close} />
      <Suspense>
        {open === "return" && <ReturnDialog shipment={shipment} onClose={() => close(false)} />}
        {open === "event" && <EventDialog shipment={shipment} onClose={() => close(false)} />}
      </Suspense>
    </>
  );
}

interface CancelProps {
  shipment: Shipment;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

function CancelConfirm({ shipment, open, onOpenChange }: CancelProps) {
  const { t } = useTranslation("shipping");
  const cancel = useCancelShipment();
  const [key, setKey] = useState(() => crypto.randomUUID());
  return (
    <Confirm
      open={open}
      onOpenChange={onOpenChange}
      title={t("cancel.title")}
      action={t("cancel.action")}
      onConfirm={async () => {
        try {
          await cancel.mutateAsync({ shipment_id: shipment.id, idempotency_key: key });
        } catch (reason) {
          // Where it is not known how it ended, the same call is repeated; what was refused is another intent next time.
          if (!asProblem(reason).passing) setKey(crypto.randomUUID());
          throw reason;
        }
        tellDone(t("cancel.done"));
      }}
    >
      {t("cancel.text", { reference: shipment.reference, count: parcelCount(shipment) })}
    </Confirm>
  );
}

function parcelCount({ parcels }: Shipment): number {
  return Array.isArray(parcels) ? parcels.length : 1;
}
