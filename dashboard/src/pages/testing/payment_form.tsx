/** A payment in the sandbox, so that the gateway has something to tell. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import type { Connection } from "@/hooks/connections";
import { useRun } from "@/hooks/test_runs";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { ProblemText } from "@/ui/states";
import { ACTIONS } from "./actions";
import { argumentsOf } from "./arguments";
import type { WebhookFault } from "./faults";
import { WebhookFaultField, webhookFaults } from "./webhook_fault";

interface Props {
  connection: Connection;
  sandbox: string | null;
  onSent: () => void;
}

const PAY = ACTIONS.find(({ key }) => key === "create_payment");

export function PaymentForm({ connection, sandbox, onSent }: Props) {
  const { t } = useTranslation("testing");
  const { id: organizationId } = useOrganization();
  const run = useRun();
  const [fault, setFault] = useState<WebhookFault | "">("");
  const cards = PAY?.asks(connection.provider_key).find(({ name }) => name === "payment_method")?.choices ?? [];
  const [card, setCard] = useState(cards[0] ?? "");
  const pay = async () => {
    if (!PAY) return;
    const context = { connectionId: connection.id, organizationId, idempotencyKey: crypto.randomUUID() };
    const made = argumentsOf(PAY, PAY.asks(connection.provider_key), { payment_method: card }, "", context);
    if ("faults" in made) return;
    onSent();
    await run
      .mutateAsync({
        rpc: PAY.key,
        operation: PAY.operation,
        connectionId: connection.id,
        args: made.args,
        faults: webhookFaults(connection.provider_key, fault),
        sandbox,
      })
      .catch(() => undefined); // Shown below.
  };
  const problem = run.error ?? run.data?.problem;
  return (
    <section className="flex flex-col gap-3 p-4">
      <h3 className="font-medium">{t("webhooks.payment")}</h3>
      {cards.length > 0 ? (
        <Field label={t("ask.payment_method")}>
          {(control) => (
            <Select
              {...control}
              value={card}
              onChange={setCard}
              options={cards.filter(Boolean).map((value) => ({ value, label: value }))}
            />
          )}
        </Field>
      ) : (
        <p className="text-[13px] text-muted">{t("webhooks.payment_page")}</p>
      )}
      <WebhookFaultField value={fault} onChange={setFault} />
      {problem && (
        <p role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
          <ProblemText error={problem} />
        </p>
      )}
      <Button look="primary" busy={run.isPending} onClick={() => void pay()}>
        {t("webhooks.pay")}
      </Button>
    </section>
  );
}
