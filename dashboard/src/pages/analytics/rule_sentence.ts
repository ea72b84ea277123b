/** A rule as a sentence that people can read. */
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import type { AlertRule } from "@/hooks/alert_rules";
import { formatCount, formatDuration, formatShare } from "@/lib/format";
import { METRIC_FACTS, type Metric, type MetricFacts, metricOf } from "@/lib/metrics";
import { useLabels } from "./filters";

export type Measured = Pick<
  AlertRule,
  | "metric"
  | "threshold"
  | "recover_at"
  | "window_minutes"
  | "minimum_calls"
  | "percentile"
  | "for_seconds"
  | "connection_id"
  | "provider_key"
  | "environment"
>;

const MINUTE_MS = 60_000;
const SECOND_MS = 1000;

/** Writes a rule: what is a trouble, and of what, for how long, and when it is over. */
export function useSentence(): (rule: Measured) => { what: string; terms: string } {
  const { t } = useTranslation(["analytics", "common"]);
  const style = useStyle();
  const value = useValue();
  const connection = useLabels("connection");
  const provider = useLabels("provider");
  const scope = (rule: Measured, { byConnection }: MetricFacts) => {
    if (!byConnection) return t("scope.organization");
    const of = rule.connection_id
      ? t("scope.connection", { name: connection(rule.connection_id) })
      : rule.provider_key
        ? t("scope.provider", { name: provider(rule.provider_key) })
        : t("scope.each");
    return rule.environment && !rule.connection_id
      ? t("scope.in", { of, environment: t(`common:environment.${rule.environment}`) })
      : of;
  };
  return (rule) => {
    const metric = metricOf(rule.metric);
    if (!metric) return { what: rule.metric, terms: "" };
    const facts = METRIC_FACTS[metric];
    const what = t(`sentence.${metric}`, {
      threshold: value(metric, rule.threshold),
      window: formatDuration((rule.window_minutes ?? 0) * MINUTE_MS, style),
      minimum: formatCount(rule.minimum_calls ?? 0, style),
      percentile: rule.percentile ?? 0,
    });
    const lasts =
      rule.for_seconds > 0
        ? t("sentence.lasts", { time: formatDuration(rule.for_seconds * SECOND_MS, style) })
        : t("sentence.at_once");
    return {
      what,
      terms: [scope(rule, facts), lasts, t("sentence.over", { value: value(metric, rule.recover_at) })].join(" "),
    };
  };
}

/** Writes a figure in its metric's unit. */
function useValue(): (metric: Metric, value: number) => string {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  return (metric, value) => {
    const { unit } = METRIC_FACTS[metric];
    if (unit === "percent") return formatShare(value / 100, style);
    if (unit === "ms") return formatDuration(value, style);
    if (unit === "days") return t("sentence.days", { count: value });
    return formatCount(value, style);
  };
}
