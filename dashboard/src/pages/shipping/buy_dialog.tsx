/** Buys the label of a rate: who receives it, and under which reference. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import type { Quote, Rate } from "@/hooks/rates";
import { useBuyLabel } from "@/hooks/shipment_actions";
import { useCarrierNames } from "@/hooks/shipping";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { Money } from "@/ui/money";
import { Select } from "@/ui/select";
import { ProblemText } from "@/ui/states";
import { tellDone } from "@/ui/toast";
import { type Part, PartyFields } from "./party_fields";
import { filledIn, type Party, partyOf, townOf } from "./places";
import { shippingRoute } from "./route";
import { TextField } from "./text_field";

interface Props {
  rate: Rate;
  quote: Quote;
  onClose: () => void;
}

const ASKED = ["name", "phone", "company", "email", "line1", "line2", "area", "makani"] as const;
const NEEDED: readonly Part[] = ["name", "phone", "line1"];
/** Fields whose errors are shown beside them. */
const BESIDE: readonly string[] = [
  "reference",
  "instructions",
  "label_format",
  ...ASKED.map((part) => `recipient.${part}`),
];
const FORMATS = ["pdf", "png", "zpl"] as const;

export function BuyDialog({ rate, quote, onClose }: Props) {
  const { t } = useTranslation(["shipping", "common"]);
  const { language } = useStyle();
  const navigate = shippingRoute.useNavigate();
  const names = useCarrierNames();
  const buy = useBuyLabel();
  const [recipient, setRecipient] = useState<Party>(() =>
    partyOf((quote.asked as { recipient?: unknown } | null)?.recipient),
  );
  const [reference, setReference] = useState("");
  const [instructions, setInstructions] = useState("");
  const [format, setFormat] = useState<(typeof FORMATS)[number]>("pdf");
  const [missing, setMissing] = useState<readonly string[]>([]);
  const [key, setKey] = useState(() => crypto.randomUUID());
  // Another label is another intent; the same one, pressed twice, is bought once.
  const changed =
    <V,>(set: (value: V) => void) =>
    (value: V) => {
      set(value);
      setMissing([]);
      setKey(crypto.randomUUID());
    };
  const problem = buy.error && asProblem(buy.error);
  const errorOf = (field: string) =>
    missing.includes(field) ? t("common:form.required") : problem?.field === field ? problem.message : undefined;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const lacking = NEEDED.filter((part) => !recipient[part]?.trim()).map((part) => `recipient.${part}`);
    if (!reference.trim()) lacking.push("reference");
    setMissing(lacking);
    if (lacking.length > 0) return;
    const shipment = await buy
      .mutateAsync({
        rate_id: rate.id,
        reference: reference.trim(),
        recipient: { ...filledIn(recipient) },
        ...(instructions.trim() && { instructions: instructions.trim() }),
        label_format: format,
        idempotency_key: key,
      })
      .catch((reason: unknown) => {
        // Where it is not known how it ended, the same call is repeated; what was refused is another intent next time.
        if (!asProblem(reason).passing) setKey(crypto.randomUUID());
        return null; // Shown below.
      });
    if (!shipment) return;
    tellDone(t("buy.done"));
    onClose();
    void navigate({ search: (before) => ({ ...before, tab: undefined, quote: undefined, shipment: shipment.id }) });
  };
  return (
    <Dialog
      open
      size="large"
      onOpenChange={onClose}
      title={
        <span className="flex flex-wrap items-baseline gap-x-2">
          {t("buy.title", { carrier: names?.get(rate.connection_id)?.name ?? rate.provider_key })}
          <Money amount={rate.amount} currency={rate.currency} />
        </span>
      }
      description={t("buy.text", { service: rate.service_name, to: townOf(recipient, language) })}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button type="submit" form="buy" look="primary" busy={buy.isPending}>
            {buy.isPending ? t("buy.waiting") : t("rates.buy")}
          </Button>
        </>
      }
    >
      <form id="buy" noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <div className="grid gap-3 sm:grid-cols-2">
          <TextField
            label={t("buy.reference")}
            placeholder={t("buy.reference_example")}
            maxLength={200}
            value={reference}
            onChange={changed(setReference)}
            error={errorOf("reference")}
          />
          <Field label={t("buy.format")} help={t("buy.format_help")} error={errorOf("label_format")}>
            {(control) => (
              <Select
                {...control}
                className="w-full"
                value={format}
                onChange={changed(setFormat)}
                options={FORMATS.map((value) => ({ value, label: value.toUpperCase() }))}
              />
            )}
          </Field>
        </div>
        <fieldset>
          <legend className="mb-2 font-semibold">{t("facts.recipient")}</legend>
          <PartyFields
            parts={ASKED}
            needed={NEEDED}
            party={recipient}
            onChange={changed(setRecipient)}
            errorOf={(part) => errorOf(`recipient.${part}`)}
          />
        </fieldset>
        <TextField
          optional
          label={t("facts.instructions")}
          maxLength={255}
          value={instructions}
          onChange={changed(setInstructions)}
          error={errorOf("instructions")}
        />
        {problem && !BESIDE.includes(problem.field ?? "") && (
          <div role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
            <p className="font-medium">{t(`common:problem.${problem.kind}`)}</p>
            <ProblemText error={problem} />
          </div>
        )}
      </form>
    </Dialog>
  );
}
