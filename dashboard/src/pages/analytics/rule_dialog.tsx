/** The form of a rule: what is measured, from where on it is a trouble, of what. Below, the sentence that it makes. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type AlertRule, type RuleParameters, useCreateRule, useUpdateRule } from "@/hooks/alert_rules";
import { SEVERITIES } from "@/hooks/alerts";
import { useConnections } from "@/hooks/connections";
import { useProviders } from "@/hooks/providers";
import { METRIC_FACTS, METRICS, type Metric, metricOf } from "@/lib/metrics";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { ProblemText } from "@/ui/states";
import { tellDone } from "@/ui/toast";
import { type Answers, answersOf, measuredOf, type NumberName, parametersOf } from "./rule_answers";
import { useSentence } from "./rule_sentence";

const ALL = "";

export function RuleDialog({ rule, onClose }: { rule: AlertRule | null; onClose: () => void }) {
  const { t } = useTranslation(["analytics", "common"]);
  const create = useCreateRule();
  const update = useUpdateRule();
  const [metric, setMetric] = useState<Metric>(metricOf(rule?.metric ?? "") ?? "error_rate");
  const [answers, setAnswers] = useState<Answers>(() => answersOf(rule));
  const [error, setError] = useState<unknown>(null);
  const set = (change: Partial<Answers>) => setAnswers((before) => ({ ...before, ...change }));
  const problem = error === null ? null : asProblem(error);
  const taken = problem?.code === "23505";
  const errorOf = (name: keyof RuleParameters) =>
    taken && name === "name" ? t("rules.name_taken") : problem?.field === name ? problem.message : undefined;
  const sentence = useSentence()(measuredOf(metric, answers));
  const facts = METRIC_FACTS[metric];
  const save = async () => {
    setError(null);
    const parameters = parametersOf(metric, answers);
    if (parameters.name === "") {
      setError({ message: t("common:form.required"), details: "name", status: 400 });
      return;
    }
    try {
      await (rule ? update.mutateAsync({ id: rule.id, ...parameters }) : create.mutateAsync({ ...parameters, metric }));
      tellDone(t(rule ? "rules.changed" : "rules.created"));
      onClose();
    } catch (reason) {
      setError(reason);
    }
  };
  const number = (name: NumberName, usual: number, min: number, max: number) => (
    <Field label={t(`rules.field.${name}`, { unit: t(`unit.${facts.unit}`) })} error={errorOf(name)}>
      {(control) => (
        <Input
          {...control}
          type="number"
          step="any"
          min={min}
          max={max}
          placeholder={String(usual)}
          value={answers[name]}
          onChange={({ target }) => set({ [name]: target.value })}
        />
      )}
    </Field>
  );
  const { window } = facts;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="large"
      title={rule ? t("rules.edit") : t("rules.new")}
      description={t("rules.form_text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button look="primary" type="submit" form="rule" busy={create.isPending || update.isPending}>
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <form
        id="rule"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
        className="flex flex-col gap-4"
      >
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          <Field label={t("rules.field.name")} error={errorOf("name")}>
            {(control) => (
              <Input {...control} value={answers.name} onChange={({ target }) => set({ name: target.value })} />
            )}
          </Field>
          <Field label={t("rules.field.metric")} help={t(`metric.${metric}.help`)}>
            {(control) => (
              <Select
                {...control}
                value={metric}
                disabled={rule !== null}
                onChange={setMetric}
                options={METRICS.map((value) => ({ value, label: t(`metric.${value}.name`) }))}
              />
            )}
          </Field>
        </div>
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
          {number("threshold", facts.threshold, facts.lowest, facts.highest)}
          {number("recover_at", facts.recoverAt, facts.lowest, facts.highest)}
          {number("for_seconds", facts.forSeconds, 0, 86_400)}
          {window && number("window_minutes", window.usual, window.shortest, window.longest)}
          {facts.minimumCalls !== null && number("minimum_calls", facts.minimumCalls, 1, 100_000)}
          {metric === "latency" && number("percentile", 95, 50, 99)}
          <Field label={t("filter.severity")} error={errorOf("severity")}>
            {(control) => (
              <Select
                {...control}
                value={answers.severity ?? facts.severity}
                onChange={(severity) => set({ severity })}
                options={SEVERITIES.map((value) => ({ value, label: t(`common:status.${value}`) }))}
              />
            )}
          </Field>
        </div>
        {facts.byConnection ? (
          <Scope answers={answers} set={set} errorOf={errorOf} />
        ) : (
          <p className="text-[13px] text-muted">{t("scope.organization")}</p>
        )}
        <p className="rounded-box bg-sunken px-4 py-3" aria-live="polite">
          <span className="block font-medium">{sentence.what}</span>
          <span className="text-[13px] text-muted">{sentence.terms}</span>
        </p>
        <p className="text-[13px] text-muted">{t(facts.byConnection ? "rules.grouping" : "rules.grouping_all")}</p>
        {problem && !taken && problem.field === null && (
          <p role="alert" className="text-bad">
            {t(`common:problem.${problem.kind}`)} <ProblemText error={problem} />
          </p>
        )}
      </form>
    </Dialog>
  );
}

interface ScopeProps {
  answers: Answers;
  set: (change: Partial<Answers>) => void;
  errorOf: (name: keyof RuleParameters) => string | undefined;
}

function Scope({ answers, set, errorOf }: ScopeProps) {
  const { t } = useTranslation(["analytics", "common"]);
  const connections = useConnections(null).data ?? [];
  const providers = useProviders().data ?? [];
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
      <Field label={t("filter.connection")} error={errorOf("connection_id")}>
        {(control) => (
          <Select
            {...control}
            value={answers.connection_id ?? ALL}
            onChange={(value) => set({ connection_id: value || null })}
            options={[
              { value: ALL, label: t("scope.all") },
              ...connections.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        )}
      </Field>
      <Field label={t("filter.provider")} error={errorOf("provider_key")}>
        {(control) => (
          <Select
            {...control}
            value={answers.provider_key ?? ALL}
            onChange={(value) => set({ provider_key: value || null })}
            options={[
              { value: ALL, label: t("scope.all") },
              ...providers.map(({ key, name }) => ({ value: key, label: name })),
            ]}
          />
        )}
      </Field>
      <Field label={t("common:environment.label")} error={errorOf("environment")}>
        {(control) => (
          <Select
            {...control}
            value={answers.environment ?? "both"}
            onChange={(value) => set({ environment: value === "both" ? null : value })}
            options={(["both", "sandbox", "live"] as const).map((value) => ({
              value,
              label: t(`common:environment.${value}`),
            }))}
          />
        )}
      </Field>
    </div>
  );
}
