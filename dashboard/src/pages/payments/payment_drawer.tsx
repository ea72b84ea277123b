/** A payment's details beside the list: how it stands, what can be done, and how it came to be so. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Payment, usePayment, useRefunds } from "@/hooks/payment_detail";
import { asProblem } from "@/lib/problem";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { Drawer } from "@/ui/dialog";
import { Money } from "@/ui/money";
import { Empty, Result } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { Time } from "@/ui/time";
import { GatewayName } from "./gateway_name";
import { PaymentActions } from "./payment_actions";
import { PaymentAttempts } from "./payment_attempts";
import { PaymentFacts } from "./payment_facts";
import { PaymentFailure } from "./payment_failure";
import { PaymentLedger } from "./payment_ledger";
import { PaymentTimeline } from "./payment_timeline";
import { type Part, PARTS } from "./route";
import { useFilters } from "./search";

interface Props {
  paymentId: string;
  onClose: () => void;
}

export function PaymentDrawer({ paymentId, onClose }: Props) {
  const { t } = useTranslation("payments");
  const payment = usePayment(paymentId);
  const refunds = useRefunds(paymentId);
  const missing = payment.error !== null && asProblem(payment.error).kind === "not_found";
  return (
    <Drawer
      open
      onOpenChange={onClose}
      size="large"
      title={
        payment.data ? (
          <span className="inline-flex flex-wrap items-center gap-2">
            <Money amount={payment.data.amount} currency={payment.data.currency} />
            <Status state={payment.data.status} />
            <EnvironmentBadge environment={payment.data.environment} />
          </span>
        ) : (
          t("payment")
        )
      }
      description={payment.data && <Told payment={payment.data} />}
    >
      {missing ? (
        <Empty title={t("payment_missing")}>{t("payment_missing_text")}</Empty>
      ) : (
        <Result query={payment} lines={10}>
          {(row) => (
            <Result query={refunds} lines={10}>
              {(given) => (
                <div className="flex flex-col gap-4">
                  <PaymentFailure payment={row} />
                  <PaymentActions payment={row} refunds={given} />
                  <Parts>
                    {{
                      overview: <PaymentFacts payment={row} refunds={given} />,
                      timeline: <PaymentTimeline payment={row} />,
                      ledger: <PaymentLedger payment={row} />,
                      attempts: <PaymentAttempts paymentId={row.id} refunds={given} />,
                    }}
                  </Parts>
                </div>
              )}
            </Result>
          )}
        </Result>
      )}
    </Drawer>
  );
}

function Told({ payment }: { payment: Payment }) {
  return (
    <>
      <bdi className="break-all">{payment.reference}</bdi>
      {" · "}
      <GatewayName id={payment.connection_id} />
      {" · "}
      <Time at={payment.created_at} />
    </>
  );
}

function Parts({ children }: { children: Record<Part, ReactNode> }) {
  const { t } = useTranslation("payments");
  const { search, set } = useFilters();
  return (
    <Tabs
      label={t("parts")}
      value={search.part ?? "overview"}
      onChange={(part) => set({ part: part === "overview" ? undefined : part })}
      tabs={PARTS.map((value) => ({ value, label: t(`part.${value}`), content: children[value] }))}
    />
  );
}
