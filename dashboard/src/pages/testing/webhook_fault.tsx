/** What is to happen to a webhook on its way. */
import { useTranslation } from "react-i18next";
import type { Fault } from "@/hooks/sandbox";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { detailsOf, USUAL, WEBHOOK_FAULTS, type WebhookFault } from "./faults";

interface Props {
  value: WebhookFault | "";
  onChange: (value: WebhookFault | "") => void;
}

export function WebhookFaultField({ value, onChange }: Props) {
  const { t } = useTranslation("testing");
  return (
    <Field label={t("webhooks.on_its_way")} help={value === "" ? undefined : t(`fault_help.${value}`)}>
      {(control) => (
        <Select
          {...control}
          value={value}
          onChange={onChange}
          options={[
            { value: "" as const, label: t("webhooks.nothing_happens") },
            ...WEBHOOK_FAULTS.map((kind) => ({ value: kind, label: t(`fault_kind.${kind}`) })),
          ]}
        />
      )}
    </Field>
  );
}

/** The fault as the sandbox takes it; none: an empty list. */
export function webhookFaults(provider: string, kind: WebhookFault | ""): Fault[] {
  if (kind === "") return [];
  return [{ provider, kind, ...(detailsOf(kind).includes("seconds") ? { seconds: Number(USUAL.seconds) } : {}) }];
}
