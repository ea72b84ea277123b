/** How a payment stands: its money, who pays, its refunds, and what it is called at the gateway. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useStyle } from "@/app/style";
import { leftToCapture, leftToRefund, mayBeCaptured, type Payment, type Refund } from "@/hooks/payment_detail";
import { compare } from "@/lib/decimal";
import { formatCount } from "@/lib/format";
import { Status } from "@/ui/badge";
import { CopyButton, Id } from "@/ui/copy_button";
import { Json } from "@/ui/json";
import { Money } from "@/ui/money";
import { Time } from "@/ui/time";
import { Fact, Facts, Heading } from "@/ui/facts";
import { useFilters } from "./search";
import { useWords } from "./words";

export function PaymentFacts({ payment, refunds }: { payment: Payment; refunds: readonly Refund[] }) {
  const { t } = useTranslation("payments");
  return (
    <div className="flex flex-col gap-6">
      <Amounts payment={payment} refunds={refunds} />
      {refunds.length > 0 && <Refunds refunds={refunds} />}
      <Customer payment={payment} />
      <section>
        <Heading>{t("fact.details")}</Heading>
        <Details payment={payment} />
      </section>
      {Object.keys(payment.metadata as object).length > 0 && (
        <section>
          <Heading>{t("fact.metadata")}</Heading>
          <Json value={payment.metadata} label={t("fact.metadata")} />
        </section>
      )}
      {(payment.items as unknown[]).length > 0 && (
        <section>
          <Heading>{t("fact.items")}</Heading>
          <Items items={payment.items as unknown as Item[]} currency={payment.currency} />
        </section>
      )}
    </div>
  );
}

function Amounts({ payment, refunds }: { payment: Payment; refunds: readonly Refund[] }) {
  const { t } = useTranslation("payments");
  const { currency } = payment;
  const left = leftToRefund(payment.amount_captured, refunds);
  const boxes: [string, string | number][] = [
    [t("fact.authorized"), payment.amount_authorized],
    [t("fact.captured"), payment.amount_captured],
    [t("fact.refunded"), payment.amount_refunded],
    ...(mayBeCaptured(payment) ? [[t("fact.left_to_capture"), leftToCapture(payment)] as [string, string]] : []),
    ...(compare(payment.amount_captured, 0) > 0 ? [[t("fact.left"), left] as [string, string]] : []),
  ];
  return (
    <dl className="flex flex-wrap gap-px overflow-hidden rounded-box border border-line bg-line">
      {boxes.map(([name, amount]) => (
        <div key={name} className="min-w-32 grow bg-surface px-3 py-2">
          <dt className="text-[13px] text-muted">{name}</dt>
          <dd className="font-medium">
            <Money amount={amount} currency={currency} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Refunds({ refunds }: { refunds: readonly Refund[] }) {
  const { t } = useTranslation("payments");
  const words = useWords();
  return (
    <section>
      <Heading>{t("fact.refunds")}</Heading>
      <ul className="divide-y divide-line rounded-box border border-line">
        {refunds.map((refund) => {
          const failure = refund.failure as { code?: string; message?: string } | null;
          return (
            <li key={refund.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
              <span className="font-medium">
                <Money amount={refund.amount} currency={refund.currency} />
              </span>
              <Status state={refund.status} />
              <span className="ms-auto text-[13px] text-muted">
                {refund.made_elsewhere ? t("made_by.provider") : words.maker(refund.created_by)} ·{" "}
                <Time at={refund.created_at} />
              </span>
              {refund.reason && (
                <bdi className="w-full text-[13px] text-muted">
                  {t(`refund_reason.${reasonKey(refund.reason)}`, { text: refund.reason })}
                </bdi>
              )}
              {failure && (
                <span className="w-full text-[13px] text-bad" lang="en" dir="auto">
                  {failure.message ?? failure.code}
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** As the hub keeps them: it has checked them when the payment was asked for. */
interface Item {
  name: string;
  quantity?: number;
  unit_amount: string;
  reference?: string;
}

function Items({ items, currency }: { items: readonly Item[]; currency: string }) {
  const style = useStyle();
  return (
    <ul className="divide-y divide-line rounded-box border border-line">
      {items.map(({ name, quantity = 1, unit_amount, reference }, index) => (
        <li key={index} className="flex flex-wrap items-baseline gap-x-3 px-3 py-2">
          <bdi>{name}</bdi>
          {reference && (
            <code dir="ltr" className="font-mono text-xs text-muted">
              {reference}
            </code>
          )}
          <span className="tabular ms-auto">
            {quantity > 1 && <span className="text-muted">{formatCount(quantity, style)} × </span>}
            <Money amount={unit_amount} currency={currency} />
          </span>
        </li>
      ))}
    </ul>
  );
}

const REASONS = ["duplicate", "fraudulent", "requested_by_customer"] as const;

function reasonKey(reason: string): (typeof REASONS)[number] | "other" {
  return REASONS.find((each) => each === reason) ?? "other";
}

interface Person {
  name?: string;
  email?: string;
  phone?: string;
  reference?: string;
}

function Customer({ payment }: { payment: Payment }) {
  const { t } = useTranslation("payments");
  const person = (payment.customer ?? {}) as Person;
  return (
    <section>
      <Heading>{t("fact.customer")}</Heading>
      {Object.keys(person).length === 0 && !payment.billing_address && !payment.shipping_address ? (
        <p className="text-muted">{t("fact.no_customer")}</p>
      ) : (
        <Facts>
          <Fact name={t("fact.name")}>{person.name && <bdi>{person.name}</bdi>}</Fact>
          <Fact name={t("fact.email")}>{person.email && <bdi dir="ltr">{person.email}</bdi>}</Fact>
          <Fact name={t("fact.phone")}>{person.phone && <bdi dir="ltr">{person.phone}</bdi>}</Fact>
          <Fact name={t("fact.customer_reference")}>{person.reference && <bdi>{person.reference}</bdi>}</Fact>
          <Fact name={t("fact.billing")}>{addressOf(payment.billing_address)}</Fact>
          <Fact name={t("fact.shipping")}>{addressOf(payment.shipping_address)}</Fact>
        </Facts>
      )}
    </section>
  );
}

function addressOf(address: unknown): ReactNode {
  if (typeof address !== "object" || address === null) return null;
  const parts = address as Record<string, string>;
  const lines = ["line1", "line2", "city", "state", "postal_code", "country"].flatMap((name) => parts[name] ?? []);
  return <bdi>{lines.join(", ")}</bdi>;
}

function Details({ payment }: { payment: Payment }) {
  const { t } = useTranslation("payments");
  const words = useWords();
  const { set } = useFilters();
  const mayPay = useMay("developer") && (payment.status === "requires_action" || payment.status === "created");
  return (
    <Facts>
      <Fact name={t("fact.description")}>{payment.description && <bdi>{payment.description}</bdi>}</Fact>
      <Fact name={t("column.method")}>{payment.method && words.method(payment.method)}</Fact>
      <Fact name={t("fact.country")}>{payment.country && words.country(payment.country)}</Fact>
      <Fact name={t("fact.capture")}>
        {t(payment.capture_method === "manual" ? "capture_method.manual" : "capture_method.automatic")}
      </Fact>
      <Fact name={t("fact.fee")}>
        {payment.fee !== null && <Money amount={payment.fee} currency={payment.currency} />}
      </Fact>
      <Fact name={t("fact.provider_status")}>
        {payment.provider_status && (
          <code dir="ltr" className="font-mono text-xs">
            {payment.provider_status}
          </code>
        )}
      </Fact>
      <Fact name={t("fact.provider_id")}>
        {payment.provider_payment_id && <Id value={payment.provider_payment_id} />}
      </Fact>
      <Fact name={t("fact.id")}>
        <Id value={payment.id} />
      </Fact>
      <Fact name={t("fact.link")}>
        {payment.payment_link_id && (
          <button
            type="button"
            className="text-accent-strong underline underline-offset-2"
            onClick={() => set({ tab: undefined, link: payment.payment_link_id ?? undefined, payment: undefined })}
          >
            {t("fact.link_payments")}
          </button>
        )}
      </Fact>
      <Fact name={t("fact.checkout")}>
        {mayPay && payment.checkout_url && (
          <span className="inline-flex max-w-full items-center gap-1" dir="ltr">
            <span className="truncate font-mono text-xs">{payment.checkout_url}</span>
            <CopyButton text={payment.checkout_url} label={t("fact.copy_checkout")} />
          </span>
        )}
      </Fact>
      <Fact name={t("fact.made_by")}>{words.maker(payment.created_by)}</Fact>
      <Fact name={t("column.created")}>
        <Time at={payment.created_at} absolute />
      </Fact>
      <Fact name={t("fact.updated")}>
        <Time at={payment.updated_at} absolute />
      </Fact>
    </Facts>
  );
}
