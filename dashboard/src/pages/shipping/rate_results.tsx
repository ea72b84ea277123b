/** What carriers ask, the best first, and why others named no price. */
import { lazy, Suspense, useState } from "react";
import { LoaderCircle, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useNow, useStyle } from "@/app/style";
import { type Quote, type Rate, type RateFailure, useQuote } from "@/hooks/rates";
import { useCarrierNames } from "@/hooks/shipping";
import { formatCount, formatDay } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Money } from "@/ui/money";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { partyOf, townOf } from "./places";
import { useWords } from "./words";

const BuyDialog = lazy(() => import("./buy_dialog").then((module) => ({ default: module.BuyDialog })));

export function RateResults({ quoteId }: { quoteId: string }) {
  const quote = useQuote(quoteId);
  return (
    <Result query={quote} lines={6}>
      {(found) => (found.status === "pending" ? <Asking /> : <Answers quote={found} />)}
    </Result>
  );
}

function Asking() {
  const { t } = useTranslation("shipping");
  return (
    <p role="status" className="flex items-center gap-2 rounded-box border border-line bg-surface px-4 py-6 text-muted">
      <LoaderCircle className="size-4 animate-spin" aria-hidden />
      {t("rates.asking")}
    </p>
  );
}

function Answers({ quote }: { quote: Quote }) {
  const { t } = useTranslation("shipping");
  const style = useStyle();
  const allowed = useMay("developer");
  const expired = new Date(quote.expires_at) < useNow();
  const [buying, setBuying] = useState<Rate | null>(null);
  const { sender, recipient } = quote.request as { sender?: unknown; recipient?: unknown };
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <Panel
        title={t("rates.results", {
          count: quote.rates.length,
          from: townOf(partyOf(sender), style.language),
          to: townOf(partyOf(recipient), style.language),
        })}
        aside={<span className="text-[13px] text-muted">{t(`rates.ranked.${quote.rank_by}`)}</span>}
      >
        {quote.rates.length === 0 ? (
          <Empty icon={TriangleAlert} title={t("rates.none")}>
            {t("rates.none_text")}
          </Empty>
        ) : (
          <ol className="divide-y divide-line">
            {quote.rates.map((rate) => (
              <Line key={rate.id} rate={rate} onBuy={allowed && !expired ? () => setBuying(rate) : undefined} />
            ))}
          </ol>
        )}
        {quote.rates.length > 0 && (
          <p className="border-t border-line px-4 py-2 text-[13px] text-muted">
            {expired ? t("rates.expired") : t("rates.good_until")} {!expired && <Time at={quote.expires_at} absolute />}
          </p>
        )}
      </Panel>
      {quote.failures.length > 0 && <Failures failures={quote.failures} />}
      {buying && (
        <Suspense>
          <BuyDialog rate={buying} quote={quote} onClose={() => setBuying(null)} />
        </Suspense>
      )}
    </div>
  );
}

function Line({ rate, onBuy }: { rate: Rate; onBuy: (() => void) | undefined }) {
  const { t } = useTranslation("shipping");
  const style = useStyle();
  const level = useWords("level");
  const names = useCarrierNames();
  const name = names?.get(rate.connection_id)?.name ?? rate.provider_key;
  const charges = (Array.isArray(rate.charges) ? rate.charges : []) as unknown as Charge[];
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-3">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2">
          <bdi className="font-medium">{name}</bdi>
          {rate.rank === 1 && <Badge tone="good">{t("rates.best")}</Badge>}
          {rate.source === "tariff" && <Badge>{t("rates.by_tariff")}</Badge>}
        </p>
        <p className="text-[13px] text-muted">
          <bdi lang="en">{rate.service_name}</bdi> · {level(rate.level)}
          {rate.transit_days !== null && (
            <>
              {" · "}
              {t("rates.days", { count: rate.transit_days, shown: formatCount(rate.transit_days, style) })}
            </>
          )}
          {rate.estimated_delivery_at && (
            <>
              {" · "}
              {t("rates.arrives", { day: formatDay(rate.estimated_delivery_at, style) })}
            </>
          )}
        </p>
        {charges.length > 1 && (
          <details className="mt-1 text-[13px]">
            <summary className="cursor-pointer text-muted">{t("rates.charges")}</summary>
            <ul className="mt-1">
              {charges.map((charge, place) => (
                <li key={place} className="flex justify-between gap-4">
                  <bdi lang="en">{charge.name}</bdi>
                  <Money amount={charge.amount} currency={charge.currency} />
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
      <div className="flex flex-col items-end gap-1.5">
        <span className="font-semibold">
          <Money amount={rate.amount} currency={rate.currency} />
        </span>
        {onBuy && (
          <Button size="small" look={rate.rank === 1 ? "primary" : "secondary"} onClick={onBuy}>
            {t("rates.buy")}
          </Button>
        )}
      </div>
    </li>
  );
}

interface Charge {
  name: string;
  amount: string;
  currency: string;
}

function Failures({ failures }: { failures: readonly RateFailure[] }) {
  const { t } = useTranslation("shipping");
  const word = useWords("failure");
  const names = useCarrierNames();
  // Those that are cut cannot be asked: that is no news.
  const told = failures.filter((failure) => names?.get(failure.connection_id)?.cut !== true);
  if (!names || told.length === 0) return null;
  return (
    <Panel title={t("rates.failures", { count: told.length })}>
      <ul className="divide-y divide-line">
        {told.map((failure) => (
          <li key={failure.connection_id} className="px-4 py-2.5">
            <p>
              <bdi className="font-medium">
                {names.get(failure.connection_id)?.name ?? failure.name ?? failure.provider}
              </bdi>
              {": "}
              {word(failure.code)}
            </p>
            <p lang="en" dir="auto" className="text-[13px] break-words text-muted">
              {failure.message}
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
