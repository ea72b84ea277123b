/** What alert rules measure: which parameters each metric takes, and the hub's defaults and bounds. */

export const METRICS = [
  "error_rate",
  "latency",
  "consecutive_failures",
  "webhook_backlog",
  "dead_letters",
  "credential_expiry",
  "rate_budget",
  "stalled_shipments",
  "reconciliation_differences",
] as const;
export type Metric = (typeof METRICS)[number];

export interface MetricFacts {
  unit: "percent" | "ms" | "calls" | "webhooks" | "jobs" | "days" | "shipments" | "differences";
  /** Trouble is below the threshold. */
  lowerIsWorse: boolean;
  lowest: number;
  highest: number;
  threshold: number;
  recoverAt: number;
  /** Shortest, longest and usual window in minutes; null: it looks at the present. */
  window: { shortest: number; longest: number; usual: number } | null;
  minimumCalls: number | null;
  forSeconds: number;
  severity: "info" | "warning" | "critical";
  /** One alert for each connection; else one for the organization. */
  byConnection: boolean;
}

const facts = (
  unit: MetricFacts["unit"],
  [lowest, highest, threshold, recoverAt]: [number, number, number, number],
  window: [number, number, number] | null,
  minimumCalls: number | null,
  forSeconds: number,
  severity: MetricFacts["severity"],
  { lowerIsWorse = false, byConnection = true } = {},
): MetricFacts => ({
  unit,
  lowerIsWorse,
  lowest,
  highest,
  threshold,
  recoverAt,
  window: window && { shortest: window[0], longest: window[1], usual: window[2] },
  minimumCalls,
  forSeconds,
  severity,
  byConnection,
});

/** As in the migration that makes them (`private.alert_metrics`, which clients cannot read); a test compares the two. */
export const METRIC_FACTS: Record<Metric, MetricFacts> = {
  error_rate: facts("percent", [0.1, 100, 20, 10], [1, 120, 10], 20, 120, "warning"),
  latency: facts("ms", [1, 120_000, 5000, 4000], [1, 120, 10], 20, 300, "warning"),
  consecutive_failures: facts("calls", [2, 100, 10, 1], [1, 120, 60], null, 60, "critical"),
  webhook_backlog: facts("webhooks", [1, 1_000_000, 100, 20], null, null, 300, "warning", { byConnection: false }),
  dead_letters: facts("jobs", [1, 1_000_000, 5, 2], [1, 10_080, 60], null, 60, "warning", { byConnection: false }),
  credential_expiry: facts("days", [0, 365, 14, 15], null, null, 300, "warning", { lowerIsWorse: true }),
  rate_budget: facts("percent", [0, 100, 5, 20], null, null, 300, "info", { lowerIsWorse: true }),
  stalled_shipments: facts("shipments", [1, 1_000_000, 10, 5], null, null, 60, "warning"),
  reconciliation_differences: facts("differences", [1, 1_000_000, 20, 10], null, null, 60, "warning"),
};

/** The metric of that name, if this page knows it. */
export function metricOf(name: string): Metric | null {
  return METRICS.find((metric) => metric === name) ?? null;
}
