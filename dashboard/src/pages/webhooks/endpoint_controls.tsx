/** What an endpoint lets in, as a form: from where, how fast, how large, what of it is acted on, and how long it is kept. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Endpoint, type EndpointControls, useChangeEndpoint } from "@/hooks/webhook_endpoints";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Checkbox, Field, Input, TextArea } from "@/ui/field";
import { ProblemText } from "@/ui/states";
import { tellDone } from "@/ui/toast";

type Figure = "rate_per_second" | "rate_burst" | "max_body_bytes" | "tolerance_seconds" | "body_retention_days";
type List = "allowed_networks" | "ignored_event_types";
type Draft = Record<Figure | List | "description", string> & { record_only: boolean };

/** What the hub takes, by the table's own checks; null: it may be left empty. */
const BOUNDS: Record<Figure, { min: number; max: number; step: string; optional: boolean }> = {
  rate_per_second: { min: 0.01, max: 100_000, step: "any", optional: true },
  rate_burst: { min: 1, max: 1_000_000, step: "1", optional: true },
  max_body_bytes: { min: 1024, max: 10_485_760, step: "1", optional: false },
  tolerance_seconds: { min: 30, max: 86_400, step: "1", optional: false },
  body_retention_days: { min: 1, max: 90, step: "1", optional: true },
};
const FIGURES = Object.keys(BOUNDS) as Figure[];

/** An endpoint as a form has it. */
export function draftOf(endpoint: EndpointControls): Draft {
  const figures = Object.fromEntries(FIGURES.map((name) => [name, endpoint[name]?.toString() ?? ""]));
  return {
    ...(figures as Record<Figure, string>),
    description: endpoint.description,
    record_only: endpoint.record_only,
    allowed_networks: endpoint.allowed_networks.join("\n"),
    ignored_event_types: endpoint.ignored_event_types.join("\n"),
  };
}

/** What a form says, and which figures are out of their bounds. */
export function controlsOf(draft: Draft): { changes: Partial<EndpointControls>; wrong: Figure[] } {
  const lines = (text: string) =>
    text
      .split(/[\n,]/)
      .map((each) => each.trim())
      .filter(Boolean);
  const figures = FIGURES.map((name): [Figure, number | null] => [
    name,
    draft[name].trim() === "" ? null : Number(draft[name]),
  ]);
  const wrong = figures.filter(([name, value]) => {
    const { min, max, step, optional } = BOUNDS[name];
    if (value === null) return !optional;
    return !(value >= min && value <= max) || (step === "1" && !Number.isInteger(value));
  });
  return {
    changes: {
      ...(Object.fromEntries(figures) as Partial<EndpointControls>),
      description: draft.description.trim(),
      record_only: draft.record_only,
      allowed_networks: lines(draft.allowed_networks),
      ignored_event_types: lines(draft.ignored_event_types),
    },
    wrong: wrong.map(([name]) => name),
  };
}

export function EndpointControlsForm({ endpoint, disabled }: { endpoint: Endpoint; disabled: boolean }) {
  const { t } = useTranslation(["webhooks", "common"]);
  const [draft, setDraft] = useState(() => draftOf(endpoint));
  const [tried, setTried] = useState(false);
  const { changes, wrong } = controlsOf(draft);
  const change = useChangeEndpoint();
  const problem = change.error && asProblem(change.error);
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const faultOf = (name: keyof Draft) => (problem?.field === name ? problem.message : undefined);
  const named = problem?.field != null && problem.field in draft;
  const save = () => {
    setTried(true);
    if (wrong.length > 0) return;
    change.mutate({ endpointId: endpoint.id, changes }, { onSuccess: () => tellDone(t("endpoint.saved")) });
  };
  const list = (name: List, placeholder: string) => (
    <Field label={t(`controls.${name}`)} optional help={t(`controls.${name}_help`)} error={faultOf(name)}>
      {(control) => (
        <TextArea
          {...control}
          dir="ltr"
          className="font-mono text-[13px]"
          placeholder={placeholder}
          value={draft[name]}
          onChange={(event) => set({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <fieldset disabled={disabled} className="flex flex-col gap-4">
        <Field label={t("endpoint.description")} optional error={faultOf("description")}>
          {(control) => (
            <Input
              {...control}
              value={draft.description}
              onChange={(event) => set({ description: event.target.value })}
            />
          )}
        </Field>
        <div>
          <Checkbox
            label={t("controls.record_only")}
            checked={draft.record_only}
            onChange={(event) => set({ record_only: event.target.checked })}
          />
          <p className="ms-6 text-[13px] text-muted">{t("controls.record_only_help")}</p>
        </div>
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          {FIGURES.map((name) => (
            <Field
              key={name}
              label={t(`controls.${name}`)}
              optional={BOUNDS[name].optional}
              help={t(`controls.${name}_help`)}
              error={
                tried && wrong.includes(name)
                  ? t("controls.bounds", { min: String(BOUNDS[name].min), max: String(BOUNDS[name].max) })
                  : faultOf(name)
              }
            >
              {(control) => (
                <Input
                  {...control}
                  type="number"
                  dir="ltr"
                  step={BOUNDS[name].step}
                  min={BOUNDS[name].min}
                  max={BOUNDS[name].max}
                  value={draft[name]}
                  onChange={(event) => set({ [name]: event.target.value })}
                />
              )}
            </Field>
          ))}
        </div>
        {list("allowed_networks", "203.0.113.0/24")}
        {list("ignored_event_types", "invoice.*")}
        {problem && !named && (
          <p role="alert" className="text-bad">
            <ProblemText error={problem} />
          </p>
        )}
        {disabled ? (
          <p className="text-[13px] text-muted">{t("common:states.no_permission")}</p>
        ) : (
          <Button type="submit" look="primary" className="self-start" busy={change.isPending}>
            {t("common:actions.save")}
          </Button>
        )}
      </fieldset>
    </form>
  );
}
