/** Give a payment up before its money is taken. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CANCEL_REASONS, type CancelReason, useCancelPayment } from "@/hooks/payment_actions";
import type { Payment } from "@/hooks/payment_detail";
import { Confirm } from "@/ui/confirm";
import { Field } from "@/ui/field";
import { Money } from "@/ui/money";
import { Select } from "@/ui/select";
import { tellDone } from "@/ui/toast";

interface Props {
  payment: Payment;
  onClose: () => void;
}

export function CancelDialog({ payment, onClose }: Props) {
  const { t } = useTranslation("payments");
  const [reason, setReason] = useState<CancelReason>("requested_by_customer");
  const cancel = useCancelPayment({ payment_id: payment.id, reason });
  return (
    <Confirm
      open
      onOpenChange={onClose}
      title={t("cancel.title")}
      action={t("action.cancel")}
      onConfirm={async () => {
        await cancel.mutateAsync();
        tellDone(t("cancel.done"));
      }}
    >
      <div className="flex flex-col gap-4">
        <p>
          <Money amount={payment.amount} currency={payment.currency} /> · <bdi>{payment.reference}</bdi>
        </p>
        <p>{t(payment.status === "authorized" ? "cancel.released" : "cancel.effect")}</p>
        <Field label={t("cancel.reason")}>
          {(control) => (
            <Select
              {...control}
              value={reason}
              onChange={setReason}
              options={CANCEL_REASONS.map((value) => ({ value, label: t(`cancel_reason.${value}`) }))}
            />
          )}
        </Field>
      </div>
    </Confirm>
  );
}
