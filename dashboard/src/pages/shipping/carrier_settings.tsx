/** How a carrier's connection is used: whether and when, for what, and the prices that were agreed with it. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { type Carrier, type CarrierRules, useChangeCarrier } from "@/hooks/shipping";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Drawer } from "@/ui/dialog";
import { Checkbox } from "@/ui/field";
import { ProblemText } from "@/ui/states";
import { tellDone } from "@/ui/toast";
import { changesOf, draftOf, type RulesDraft, unfitIn } from "./carrier_draft";
import { EMIRATES } from "./places";
import { LEVELS } from "./rate_draft";
import { TariffFields } from "./tariff_fields";
import { TextField } from "./text_field";
import { useWords } from "./words";

interface Props {
  carrier: Carrier;
  rules: CarrierRules;
  onClose: () => void;
}

const FIGURES = ["priority", "stalled_after_hours", "minimum_weight_kg", "maximum_weight_kg"] as const;

export function CarrierSettings({ carrier, rules, onClose }: Props) {
  const { t } = useTranslation(["shipping", "common"]);
  const emirate = useWords("emirate");
  const level = useWords("level");
  const allowed = useMay("developer");
  const change = useChangeCarrier();
  const [draft, setDraft] = useState(() => draftOf(rules));
  const [unfit, setUnfit] = useState<ReadonlySet<string>>(new Set());
  const set = (changes: Partial<RulesDraft>) => {
    setDraft((before) => ({ ...before, ...changes }));
    setUnfit(new Set());
  };
  const problem = change.error && asProblem(change.error);
  const errorOf = (field: string) =>
    unfit.has(field) ? t("settings.unfit") : problem?.field === field ? problem.message : undefined;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const wrong = unfitIn(draft);
    setUnfit(wrong);
    if (wrong.size > 0) return;
    const saved = () => {
      tellDone(t("settings.done"));
      onClose();
    };
    change.mutate({ connection_id: rules.connection_id, changes: changesOf(draft) }, { onSuccess: saved });
  };
  return (
    <Drawer
      open
      size="large"
      onOpenChange={onClose}
      title={t("settings.title", { name: carrier.connection.name })}
      description={t("settings.text")}
      footer={
        allowed ? (
          <>
            <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
            <Button type="submit" form="carrier" look="primary" busy={change.isPending}>
              {t("common:actions.save")}
            </Button>
          </>
        ) : (
          <p className="me-auto text-[13px] text-muted">{t("actions.needs_developer")}</p>
        )
      }
    >
      <form id="carrier" noValidate onSubmit={submit}>
        <fieldset disabled={!allowed} className="flex flex-col gap-5">
          <div className="flex flex-col gap-2">
            <Checkbox
              label={t("settings.enabled")}
              checked={draft.enabled}
              onChange={(event) => set({ enabled: event.target.checked })}
            />
            <Checkbox
              label={t("settings.cash")}
              checked={draft.cash_on_delivery}
              onChange={(event) => set({ cash_on_delivery: event.target.checked })}
            />
          </div>
          <div className="grid gap-4 sm:grid-cols-2">
            {FIGURES.map((name) => (
              <TextField
                key={name}
                inputMode="decimal"
                dir="ltr"
                label={t(`settings.${name}`)}
                help={t(`settings.${name}_help`)}
                optional={name.endsWith("weight_kg")}
                value={draft[name]}
                onChange={(value) => set({ [name]: value })}
                error={errorOf(name)}
              />
            ))}
            <TextField
              optional
              dir="ltr"
              label={t("settings.countries")}
              help={t("settings.countries_help")}
              value={draft.countries}
              onChange={(countries) => set({ countries })}
              error={errorOf("countries")}
            />
            <TextField
              optional
              dir="ltr"
              label={t("settings.services")}
              help={t("settings.services_help")}
              value={draft.services}
              onChange={(services) => set({ services })}
              error={errorOf("services")}
            />
            <TextField
              optional
              dir="ltr"
              label={t("settings.default_service")}
              help={t("settings.default_service_help")}
              value={draft.default_service}
              onChange={(default_service) => set({ default_service })}
              error={errorOf("default_service")}
            />
          </div>
          <Ticks
            title={t("settings.emirates")}
            options={EMIRATES}
            word={emirate}
            chosen={draft.emirates}
            onChange={(emirates) => set({ emirates })}
          />
          <Ticks
            title={t("settings.levels")}
            options={LEVELS}
            word={level}
            chosen={draft.levels}
            onChange={(levels) => set({ levels })}
          />
          <TariffFields lines={draft.tariff} onChange={(tariff) => set({ tariff })} errorOf={errorOf} />
          {problem && (
            <div role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
              <ProblemText error={problem} />
            </div>
          )}
        </fieldset>
      </form>
    </Drawer>
  );
}

interface TicksProps<V extends string> {
  title: string;
  options: readonly V[];
  word: (value: string) => string;
  chosen: readonly V[];
  onChange: (chosen: V[]) => void;
}

/** Some of a few; none ticked: all of them. */
function Ticks<V extends string>({ title, options, word, chosen, onChange }: TicksProps<V>) {
  const { t } = useTranslation("shipping");
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">
        {title} <span className="font-normal text-muted">({t("settings.none_is_all")})</span>
      </legend>
      <div className="flex flex-wrap gap-x-5 gap-y-1.5">
        {options.map((value) => (
          <Checkbox
            key={value}
            label={word(value)}
            checked={chosen.includes(value)}
            onChange={(event) =>
              onChange(event.target.checked ? [...chosen, value] : chosen.filter((each) => each !== value))
            }
          />
        ))}
      </div>
    </fieldset>
  );
}
