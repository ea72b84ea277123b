/** The append-only ledger of a payment, line by line as it was written. */
import { useTranslation } from "react-i18next";
import { type Payment, usePaymentEvents } from "@/hooks/payment_detail";
import { useStyle } from "@/app/style";
import { formatExactTime } from "@/lib/format";
import { Json } from "@/ui/json";
import { Money } from "@/ui/money";
import { Result } from "@/ui/states";
import { whyIgnored } from "./words";

export function PaymentLedger({ payment }: { payment: Payment }) {
  const { t } = useTranslation("payments");
  const style = useStyle();
  const heads = ["recorded", "entry", "change", "amount", "source"] as const;
  return (
    <Result query={usePaymentEvents(payment.id)}>
      {(events) => (
        <div className="flex flex-col gap-3">
          <p className="text-[13px] text-muted">{t("ledger.text")}</p>
          {/* Wide on a phone: it scrolls, by the keyboard too. */}
          {/* eslint-disable jsx-a11y/no-noninteractive-tabindex */}
          <div
            role="region"
            aria-label={t("part.ledger")}
            tabIndex={0}
            className="overflow-x-auto rounded-box border border-line"
          >
            <table className="w-full border-collapse text-[13px]">
              <thead className="bg-sunken">
                <tr>
                  {heads.map((head) => (
                    <th key={head} scope="col" className="px-3 py-2 text-start text-xs font-medium text-muted">
                      {t(`ledger.${head}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {events.map((event) => (
                  <tr key={event.id} className="border-t border-line align-top">
                    <td className="tabular px-3 py-2 whitespace-nowrap">{formatExactTime(event.recorded_at, style)}</td>
                    <td className="px-3 py-2">
                      <code dir="ltr" className="font-mono text-xs">
                        {event.type}
                      </code>
                      {!event.applied && <span className="block text-muted">{t(`timeline.${whyIgnored(event)}`)}</span>}
                    </td>
                    <td className="px-3 py-2">
                      <code dir="ltr" className="font-mono text-xs">
                        {event.from_status ?? "–"} → {event.to_status}
                      </code>
                    </td>
                    <td className="tabular px-3 py-2">
                      {event.amount === null ? "–" : <Money amount={event.amount} currency={payment.currency} />}
                    </td>
                    <td className="px-3 py-2">
                      <code dir="ltr" className="font-mono text-xs">
                        {event.source}
                      </code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {/* eslint-enable jsx-a11y/no-noninteractive-tabindex */}
          <details>
            <summary className="cursor-pointer text-muted">{t("ledger.all")}</summary>
            <div className="mt-2">
              <Json value={events} label={t("ledger.all")} />
            </div>
          </details>
        </div>
      )}
    </Result>
  );
}
