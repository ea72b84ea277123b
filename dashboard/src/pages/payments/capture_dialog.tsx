/** Take reserved money, all of it or a part. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { useCapturePayment } from "@/hooks/payment_actions";
import type { Payment } from "@/hooks/payment_detail";
import { compare, minus } from "@/lib/decimal";
import { formatMoney } from "@/lib/format";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { tellDone } from "@/ui/toast";
import { AmountField, amountTrouble } from "./amount_field";
import { DialogProblem } from "./dialog_problem";

interface Props {
  payment: Payment;
  left: string;
  onClose: () => void;
}

export function CaptureDialog({ payment, left, onClose }: Props) {
  const { t } = useTranslation(["payments", "common"]);
  const style = useStyle();
  const [most] = useState(left);
  const [amount, setAmount] = useState(left);
  const capture = useCapturePayment({ payment_id: payment.id, amount });
  const good = amountTrouble(amount, most) === null;
  const money = (value: string) => formatMoney(value, payment.currency, style);
  const rest = good ? minus(most, amount) : null;
  const send = () =>
    capture.mutate(undefined, {
      onSuccess: () => {
        tellDone(t("capture.done", { amount: money(amount) }));
        onClose();
      },
    });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="small"
      title={t("capture.title")}
      description={<bdi>{payment.reference}</bdi>}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.close")}</Button>
          <Button look="primary" busy={capture.isPending} disabled={!good} onClick={send}>
            {good ? t("capture.action", { amount: money(amount) }) : t("action.capture")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <AmountField
          label={t("capture.amount")}
          value={amount}
          onChange={setAmount}
          left={most}
          currency={payment.currency}
          error={capture.error}
        />
        <p className="rounded-box bg-sunken px-3 py-2 text-[13px]">
          {rest !== null && compare(rest, 0) > 0 ? t("capture.part", { rest: money(rest) }) : t("capture.whole")}
        </p>
        <DialogProblem error={capture.error} except="amount" />
      </div>
    </Dialog>
  );
}
