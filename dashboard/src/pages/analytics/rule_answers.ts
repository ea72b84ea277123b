/** Between a rule and the form that is filled in: numbers are texts there, and an empty one is the metric's default. */
import type { AlertRule, RuleParameters } from "@/hooks/alert_rules";
import { METRIC_FACTS, type Metric } from "@/lib/metrics";
import type { Measured } from "./rule_sentence";

export type NumberName = "threshold" | "recover_at" | "window_minutes" | "minimum_calls" | "percentile" | "for_seconds";

export type Answers = Record<NumberName, string> & Omit<RuleParameters, NumberName>;

/** What the form begins with. */
export function answersOf(rule: AlertRule | null): Answers {
  const text = (value: number | null | undefined) => (value === null || value === undefined ? "" : String(value));
  return {
    name: rule?.name ?? "",
    threshold: text(rule?.threshold),
    recover_at: text(rule?.recover_at),
    window_minutes: text(rule?.window_minutes),
    minimum_calls: text(rule?.minimum_calls),
    percentile: text(rule?.percentile),
    for_seconds: text(rule?.for_seconds),
    severity: rule?.severity ?? null,
    connection_id: rule?.connection_id ?? null,
    provider_key: rule?.provider_key ?? null,
    environment: rule?.environment ?? null,
  };
}

/** What is sent: only what the metric takes; null is its default. */
export function parametersOf(metric: Metric, answers: Answers): RuleParameters {
  const { window, minimumCalls, byConnection } = METRIC_FACTS[metric];
  const number = (name: NumberName, taken = true) =>
    taken && answers[name].trim() !== "" ? Number(answers[name]) : null;
  return {
    name: answers.name.trim(),
    threshold: number("threshold"),
    recover_at: number("recover_at"),
    window_minutes: number("window_minutes", window !== null),
    minimum_calls: number("minimum_calls", minimumCalls !== null),
    percentile: number("percentile", metric === "latency"),
    for_seconds: number("for_seconds"),
    severity: answers.severity,
    connection_id: byConnection ? answers.connection_id : null,
    provider_key: byConnection ? answers.provider_key : null,
    environment: byConnection ? answers.environment : null,
  };
}

/** The rule that the answers make, defaults filled in as the database does: to be read before it is saved. */
export function measuredOf(metric: Metric, answers: Answers): Measured {
  const facts = METRIC_FACTS[metric];
  const parameters = parametersOf(metric, answers);
  const threshold = parameters.threshold ?? facts.threshold;
  // As far from a threshold of one's own as the defaults are, in proportion.
  const recovers = (threshold * facts.recoverAt) / Math.max(facts.threshold, 0.001);
  return {
    ...parameters,
    metric,
    threshold,
    recover_at: parameters.recover_at ?? Math.round(recovers * 1000) / 1000,
    window_minutes: parameters.window_minutes ?? facts.window?.usual ?? null,
    minimum_calls: parameters.minimum_calls ?? facts.minimumCalls,
    percentile: parameters.percentile ?? (metric === "latency" ? 95 : null),
    for_seconds: parameters.for_seconds ?? facts.forSeconds,
  };
}
