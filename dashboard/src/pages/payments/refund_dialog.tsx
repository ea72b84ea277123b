/** Give money back, all that is left or a part. The button names the amount: it is the confirmation. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { useRefundPayment } from "@/hooks/payment_actions";
import type { Payment } from "@/hooks/payment_detail";
import { minus } from "@/lib/decimal";
import { formatMoney } from "@/lib/format";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { tellDone } from "@/ui/toast";
import { AmountField, amountTrouble } from "./amount_field";
import { DialogProblem } from "./dialog_problem";

interface Props {
  payment: Payment;
  left: string;
  onClose: () => void;
}

export function RefundDialog({ payment, left, onClose }: Props) {
  const { t } = useTranslation(["payments", "common"]);
  const style = useStyle();
  // What was left when the dialog opened: the list behind it goes on living.
  const [most] = useState(left);
  const [amount, setAmount] = useState(left);
  const [reason, setReason] = useState("");
  const refund = useRefundPayment({ payment_id: payment.id, amount, reason: reason.trim() });
  const good = amountTrouble(amount, most) === null;
  const money = (value: string) => formatMoney(value, payment.currency, style);
  const send = () =>
    refund.mutate(undefined, {
      onSuccess: () => {
        tellDone(t("refund.done", { amount: money(amount) }));
        onClose();
      },
    });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="small"
      title={t("refund.title")}
      description={<bdi>{payment.reference}</bdi>}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.close")}</Button>
          <Button look="danger" busy={refund.isPending} disabled={!good} onClick={send}>
            {good ? t("refund.action", { amount: money(amount) }) : t("action.refund")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <AmountField
          label={t("refund.amount")}
          value={amount}
          onChange={setAmount}
          left={most}
          currency={payment.currency}
          error={refund.error}
        />
        <Field label={t("refund.reason")} help={t("refund.reason_help")} optional>
          {(control) => (
            <Input {...control} value={reason} maxLength={200} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
        <p className="rounded-box bg-sunken px-3 py-2 text-[13px]">
          {good
            ? t("refund.effect", { amount: money(amount), left: money(minus(most, amount)) })
            : t("refund.effect_unknown")}
        </p>
        <DialogProblem error={refund.error} except="amount" />
      </div>
    </Dialog>
  );
}
