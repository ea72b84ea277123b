/** A parcel goes on to a step of its journey, so that the carrier has something to tell. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "@tanstack/react-query";
import type { Connection } from "@/hooks/connections";
import { advanceParcel, forgetFault, planFault } from "@/hooks/sandbox";
import { useSubjects } from "@/hooks/test_subjects";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { ProblemText } from "@/ui/states";
import type { WebhookFault } from "./faults";
import { WebhookFaultField, webhookFaults } from "./webhook_fault";

/** As sandbox/shipping/journey.py has them. */
const STEPS = ["picked_up", "in_transit", "out_for_delivery", "delivered", "exception", "returned"] as const;

interface Props {
  connection: Connection;
  sandbox: string | null;
  onSent: () => void;
}

export function ParcelForm({ connection, sandbox, onSent }: Props) {
  const { t } = useTranslation(["testing", "common"]);
  const parcels = useSubjects("shipment", connection.id);
  const known = parcels.data?.filter(({ trackingNumber }) => trackingNumber) ?? [];
  const [chosen, setChosen] = useState("");
  const [step, setStep] = useState<(typeof STEPS)[number]>("picked_up");
  const [fault, setFault] = useState<WebhookFault | "">("");
  const parcel = known.find(({ value }) => value === chosen) ?? known[0];
  const words = t("common:status", { returnObjects: true }) as Record<string, string>;
  const advance = useMutation({
    mutationFn: async () => {
      const planned: number[] = [];
      for (const each of webhookFaults(connection.provider_key, fault)) planned.push(await planFault(sandbox, each));
      try {
        await advanceParcel(sandbox, connection.provider_key, parcel?.trackingNumber ?? "", step);
      } catch (reason) {
        await Promise.allSettled(planned.map((number) => forgetFault(sandbox, number)));
        throw reason;
      }
    },
    onMutate: onSent,
  });
  return (
    <section className="flex flex-col gap-3 p-4">
      <h3 className="font-medium">{t("webhooks.parcel")}</h3>
      {parcel === undefined ? (
        <p className="text-[13px] text-muted">{t("webhooks.no_parcel")}</p>
      ) : (
        <>
          <Field label={t("ask.shipment_id")}>
            {(control) => (
              <Select
                {...control}
                value={parcel.value}
                onChange={setChosen}
                options={known.map(({ value, name, state }) => ({
                  value,
                  label: state === null ? name : `${name} · ${words[state] ?? state}`,
                }))}
              />
            )}
          </Field>
          <Field label={t("webhooks.step")}>
            {(control) => (
              <Select
                {...control}
                value={step}
                onChange={setStep}
                options={STEPS.map((value) => ({ value, label: words[value] ?? value }))}
              />
            )}
          </Field>
          <WebhookFaultField value={fault} onChange={setFault} />
          {advance.error && (
            <p role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
              <ProblemText error={advance.error} />
            </p>
          )}
          <Button look="primary" busy={advance.isPending} onClick={() => advance.mutate()}>
            {t("webhooks.advance")}
          </Button>
        </>
      )}
    </section>
  );
}
