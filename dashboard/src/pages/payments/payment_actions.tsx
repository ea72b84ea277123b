/** What can be done with a payment as it stands. The dialogs are fetched by those who open one. */
import { lazy, Suspense, useState } from "react";
import { Ban, Banknote, RefreshCw, Undo2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { isCut, useGateways } from "@/hooks/gateways";
import { useSyncPayment } from "@/hooks/payment_actions";
import {
  leftToCapture,
  leftToRefund,
  mayBeCancelled,
  mayBeCaptured,
  type Payment,
  type Refund,
} from "@/hooks/payment_detail";
import { compare } from "@/lib/decimal";
import { Button } from "@/ui/button";
import { tellDone, tellProblem } from "@/ui/toast";

const RefundDialog = lazy(() => import("./refund_dialog").then((module) => ({ default: module.RefundDialog })));
const CaptureDialog = lazy(() => import("./capture_dialog").then((module) => ({ default: module.CaptureDialog })));
const CancelDialog = lazy(() => import("./cancel_dialog").then((module) => ({ default: module.CancelDialog })));

interface Props {
  payment: Payment;
  refunds: readonly Refund[];
}

export function PaymentActions({ payment, refunds }: Props) {
  const { t } = useTranslation(["payments", "common"]);
  const [open, setOpen] = useState<"refund" | "capture" | "cancel" | null>(null);
  const sync = useSyncPayment(payment.id);
  const may = useMay("developer");
  const cut = useGateways().data?.some((each) => each.id === payment.connection_id && isCut(each)) === true;
  const toRefund = leftToRefund(payment.amount_captured, refunds);
  const refundable = compare(toRefund, 0) > 0;
  const capturable = mayBeCaptured(payment) && compare(leftToCapture(payment), 0) > 0;
  if (!may) {
    return <p className="text-[13px] text-muted">{t("action.needs_role", { role: t("common:role.developer") })}</p>;
  }
  if (cut) return <p className="rounded-box bg-sunken px-3 py-2 text-[13px]">{t("action.cut")}</p>;
  const ask = () => sync.mutate(undefined, { onSuccess: () => tellDone(t("action.synced")), onError: tellProblem });
  return (
    <div className="flex flex-wrap gap-2">
      {capturable && (
        <Button look="primary" onClick={() => setOpen("capture")}>
          <Banknote className="size-4" aria-hidden />
          {t("action.capture")}
        </Button>
      )}
      {refundable && (
        <Button onClick={() => setOpen("refund")}>
          <Undo2 className="size-4" aria-hidden />
          {t("action.refund")}
        </Button>
      )}
      {mayBeCancelled(payment) && (
        <Button look="danger" onClick={() => setOpen("cancel")}>
          <Ban className="size-4" aria-hidden />
          {t("action.cancel")}
        </Button>
      )}
      {payment.provider_payment_id && (
        <Button busy={sync.isPending} onClick={ask}>
          {!sync.isPending && <RefreshCw className="size-4" aria-hidden />}
          {t("action.sync")}
        </Button>
      )}
      <Suspense>
        {open === "refund" && <RefundDialog payment={payment} left={toRefund} onClose={() => setOpen(null)} />}
        {open === "capture" && (
          <CaptureDialog payment={payment} left={leftToCapture(payment)} onClose={() => setOpen(null)} />
        )}
        {open === "cancel" && <CancelDialog payment={payment} onClose={() => setOpen(null)} />}
      </Suspense>
    </div>
  );
}
