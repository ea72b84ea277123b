/** Why a payment failed: in our words where the reason is known, and in the gateway's. */
import { CircleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Payment } from "@/hooks/payment_detail";
import { useWords } from "./words";

interface Failure {
  code?: string;
  reason?: string;
  message?: string;
}

export function PaymentFailure({ payment }: { payment: Payment }) {
  const { t } = useTranslation("payments");
  const words = useWords();
  const failure = payment.failure as Failure | null;
  if (!failure) return null;
  return (
    <div role="note" className="flex gap-2 rounded-box bg-bad-soft px-3 py-2 text-bad">
      <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0">
        <p className="font-medium">{words.reason(failure.reason) ?? t("failure.unknown")}</p>
        {(failure.message ?? failure.code) && (
          <p className="text-[13px] break-words" lang="en" dir="auto">
            {failure.message} {failure.code && <code dir="ltr">({failure.code})</code>}
          </p>
        )}
        {failure.reason && <p className="text-[13px]">{t(`advice.${adviceOn(failure.reason)}`)}</p>}
      </div>
    </div>
  );
}

const WITH_BANK = ["limit_exceeded", "card_blocked", "suspected_fraud", "not_permitted", "do_not_honor"];
const AGAIN = ["issuer_unavailable", "processing_error", "duplicate"];

/** What the payer or the merchant can do about it. */
function adviceOn(reason: string): "other_method" | "bank" | "again" | "present" {
  if (reason.startsWith("authentication_")) return "present";
  if (WITH_BANK.includes(reason)) return "bank";
  return AGAIN.includes(reason) ? "again" : "other_method";
}
