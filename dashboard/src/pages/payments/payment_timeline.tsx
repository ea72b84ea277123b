/** What happened to a payment, in words, the last first. */
import { useTranslation } from "react-i18next";
import { type Payment, type PaymentEvent, usePaymentEvents } from "@/hooks/payment_detail";
import { cx } from "@/lib/cx";
import { Badge } from "@/ui/badge";
import { Money } from "@/ui/money";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { useWords, whyIgnored } from "./words";

const SOURCES = ["client", "operation", "webhook", "sync"] as const;

export function PaymentTimeline({ payment }: { payment: Payment }) {
  const { t } = useTranslation("payments");
  return (
    <Result query={usePaymentEvents(payment.id)}>
      {(events) => (
        <ol aria-label={t("part.timeline")} className="ms-1.5 border-s border-line">
          {events.toReversed().map((event) => (
            <Step key={event.id} event={event} currency={payment.currency} />
          ))}
        </ol>
      )}
    </Result>
  );
}

// That a payment is partly refunded comes with the sum that was captured; how much went back is the refund's own line.
function Step({ event, currency }: { event: PaymentEvent; currency: string }) {
  const { t } = useTranslation("payments");
  const words = useWords();
  const source = SOURCES.find((each) => each === event.source);
  const { failure } = event.detail as { failure?: { reason?: string; message?: string; code?: string } };
  return (
    <li className="relative ps-5 pb-4 last:pb-0">
      <span
        aria-hidden
        className={cx("absolute -start-[5px] top-1.5 size-2.5 rounded-full border-2 border-raised", dot(event))}
      />
      <p className="flex flex-wrap items-center gap-x-2">
        <span className={cx("font-medium", !event.applied && "text-muted")}>{words.event(event.type)}</span>
        {event.amount !== null && event.to_status !== "partially_refunded" && (
          <Money amount={event.amount} currency={currency} />
        )}
        {!event.applied && <Badge>{t(`timeline.${whyIgnored(event)}`)}</Badge>}
      </p>
      {failure && (
        <p className="text-[13px] text-bad">
          {words.reason(failure.reason) ?? (
            <span lang="en" dir="auto">
              {failure.message ?? failure.code}
            </span>
          )}
        </p>
      )}
      <p className="text-[13px] text-muted">
        <Time at={event.occurred_at} /> · {source ? t(`source.${source}`) : event.source}
      </p>
    </li>
  );
}

const BAD = ["failed", "expired", "disputed"];
const GOOD = ["captured", "succeeded", "refunded", "partially_refunded", "authorized"];

function dot({ applied, to_status }: PaymentEvent): string {
  if (!applied) return "bg-idle-fill";
  if (BAD.includes(to_status)) return "bg-bad-fill";
  return GOOD.includes(to_status) ? "bg-good-fill" : "bg-accent";
}
