/** What is sent, from where and where to. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import type { Environment } from "@/hooks/connections";
import { useAskForPrices } from "@/hooks/rates";
import type { ShippingLocation } from "@/hooks/shipping";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Checkbox, Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { ProblemText } from "@/ui/states";
import { CustomsFields } from "./customs_fields";
import { ParcelFields } from "./parcel_fields";
import { PartyFields } from "./party_fields";
import { partyOf, townOf } from "./places";
import { LEVELS, missingIn, needsCustoms, newDraft, quoteArguments, type RateDraft, RULES } from "./rate_draft";
import { TextField } from "./text_field";
import { useWords } from "./words";

interface Props {
  locations: readonly ShippingLocation[];
  /** Those that carriers are connected in. */
  environments: readonly Environment[];
  onAsked: (quoteId: string) => void;
}

const TO_A_PRICE = ["country", "city", "emirate", "area", "state", "postal_code"] as const;

export function RateForm({ locations, environments, onAsked }: Props) {
  const { t } = useTranslation(["shipping", "common"]);
  const { country } = useOrganization();
  const style = useStyle();
  const level = useWords("level");
  const ask = useAskForPrices();
  const [draft, setDraft] = useState(() => newDraft(environments[0] ?? "sandbox", country));
  // The choice above all pages may have left others than this one.
  const environment = environments.find((each) => each === draft.environment) ?? environments[0] ?? "sandbox";
  const [missing, setMissing] = useState<ReadonlySet<string>>(new Set());
  const set = (change: Partial<RateDraft>) => {
    setDraft((before) => ({ ...before, ...change }));
    setMissing(new Set());
  };
  const location = locations.find(({ id }) => id === draft.location) ?? locations[0];
  const sender = partyOf(location?.address);
  const problem = ask.error && asProblem(ask.error);
  const errorOf = (field: string) =>
    missing.has(field) ? t("common:form.required") : problem?.field === field ? problem.message : undefined;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const lacking = missingIn(draft, sender);
    setMissing(lacking);
    if (lacking.size > 0) return;
    ask.mutate(quoteArguments({ ...draft, environment }, sender), { onSuccess: (quote) => onAsked(quote.id) });
  };
  return (
    <form
      noValidate
      onSubmit={submit}
      aria-label={t("rates.form")}
      className="flex flex-col gap-5 rounded-box border border-line bg-surface p-4"
    >
      <div className={environments.length > 1 ? "grid gap-4 sm:grid-cols-2" : undefined}>
        <Field label={t("rates.from")}>
          {(control) => (
            <Select
              {...control}
              className="w-full"
              value={location?.id ?? ""}
              onChange={(value) => set({ location: value })}
              options={locations.map((each) => ({
                value: each.id,
                label: `${each.name} · ${townOf(partyOf(each.address), style.language)}`,
              }))}
            />
          )}
        </Field>
        {environments.length > 1 && (
          <Field label={t("common:environment.label")} error={errorOf("environment")}>
            {(control) => (
              <Select
                {...control}
                className="w-full"
                value={environment}
                onChange={(value) => set({ environment: value })}
                options={environments.map((value) => ({ value, label: t(`common:environment.${value}`) }))}
              />
            )}
          </Field>
        )}
      </div>
      <fieldset className="flex flex-col gap-3">
        <legend className="mb-2 font-semibold">{t("rates.to")}</legend>
        <PartyFields
          parts={TO_A_PRICE}
          needed={["country", "city"]}
          party={draft.recipient}
          onChange={(recipient) => set({ recipient })}
          errorOf={(part) => errorOf(`recipient.${part}`)}
        />
      </fieldset>
      <ParcelFields parcels={draft.parcels} onChange={(parcels) => set({ parcels })} errorOf={errorOf} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t("rates.contents")}>
          {(control) => (
            <Select
              {...control}
              className="w-full"
              value={draft.contents}
              onChange={(contents) => set({ contents })}
              options={(["goods", "documents"] as const).map((value) => ({ value, label: t(`contents.${value}`) }))}
            />
          )}
        </Field>
        <TextField
          optional
          label={t("rates.description")}
          placeholder={t("rates.description_example")}
          value={draft.description}
          onChange={(description) => set({ description })}
          error={errorOf("description")}
        />
        <TextField
          optional
          inputMode="decimal"
          label={t("rates.cash", { currency: draft.currency })}
          value={draft.cash_on_delivery_amount}
          onChange={(value) => set({ cash_on_delivery_amount: value })}
          error={errorOf("cash_on_delivery_amount")}
        />
        <TextField
          optional
          inputMode="decimal"
          label={t("rates.declared", { currency: draft.currency })}
          value={draft.declared_value}
          onChange={(value) => set({ declared_value: value })}
          error={errorOf("declared_value")}
        />
        <Field label={t("rates.level")}>
          {(control) => (
            <Select
              {...control}
              className="w-full"
              value={draft.level}
              onChange={(value) => set({ level: value })}
              options={[
                { value: "", label: t("rates.any_level") },
                ...LEVELS.map((value) => ({ value, label: level(value) })),
              ]}
            />
          )}
        </Field>
        <Field label={t("rates.rank_by")}>
          {(control) => (
            <Select
              {...control}
              className="w-full"
              value={draft.rank_by}
              onChange={(rank_by) => set({ rank_by })}
              options={RULES.map((value) => ({ value, label: t(`rules.${value}`) }))}
            />
          )}
        </Field>
      </div>
      <Checkbox
        label={t("rates.signature")}
        checked={draft.signature_required}
        onChange={(event) => set({ signature_required: event.target.checked })}
      />
      {needsCustoms(draft, sender) && (
        <CustomsFields
          items={draft.items}
          currency={draft.currency}
          onChange={(items) => set({ items })}
          errorOf={errorOf}
        />
      )}
      {problem && (
        <div role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
          <p className="font-medium">{t(`common:problem.${problem.kind}`)}</p>
          <ProblemText error={problem} />
        </div>
      )}
      <Button type="submit" look="primary" busy={ask.isPending}>
        {t("rates.ask")}
      </Button>
    </form>
  );
}
