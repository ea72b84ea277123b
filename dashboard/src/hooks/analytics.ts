/** Traffic in figures: how much, how long, what went wrong, what it cost. As the hub's own functions count them. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, FIGURES_MS } from "@/lib/live";
import { type Span, spanOf, type SpanSearch } from "@/lib/figure_period";
import { type Answer, type Enum, type Known, rpcRows } from "@/lib/supabase";
import type { Environment } from "./connections";

export type Breakdown = "provider" | "connection" | "operation";
export type TrafficSource = Enum<"traffic_source">;
type Always = "starts_at" | "environment" | "calls";
export type UsageFigures = Known<
  Answer<"usage">[number],
  Always | "errors" | "throttled" | "retried" | "unknown" | "bytes_sent" | "bytes_received"
>;
export type LatencyFigures = Known<
  Answer<"latency">[number],
  Always | "mean_ms" | "p50_ms" | "p95_ms" | "p99_ms" | "longest_ms"
>;
export const ERROR_CLASSES = [
  "provider_errors",
  "unanswered",
  "rate_limit_errors",
  "authentication_errors",
  "refusals",
  "failures",
] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];
export type ErrorFigures = Known<Answer<"traffic_errors">[number], Always | "errors" | ErrorClass>;
export type CostFigures = Known<
  Answer<"costs">[number],
  | "starts_at"
  | "environment"
  | "provider_key"
  | "connection_id"
  | "category"
  | "currency"
  | "items"
  | "told"
  | "estimated"
  | "without_cost"
>;

/** What figures are asked of. */
export interface TrafficQuestion extends SpanSearch {
  environment: Environment | null;
  source: TrafficSource;
  by: Breakdown | null;
  provider?: string | undefined;
  connection?: string | undefined;
  operation?: string | undefined;
}

/** Figures, and the span that they are of. */
export interface Figures<R> {
  rows: R[];
  span: Span;
}

interface Kinds {
  usage: UsageFigures;
  latency: LatencyFigures;
  traffic_errors: ErrorFigures;
}

export const analyticsKeys = {
  traffic: (organizationId: string, kind: keyof Kinds, question: TrafficQuestion) =>
    ["analytics", organizationId, kind, question] as const,
  costs: (organizationId: string, question: object) => ["analytics", organizationId, "costs", question] as const,
};

const ROW = ["starts_at", "environment", "provider_key", "connection_id", "operation"];

function useFigures<K extends keyof Kinds>(kind: K, question: TrafficQuestion) {
  const { id, time_zone } = useOrganization();
  return useQuery({
    queryKey: analyticsKeys.traffic(id, kind, question),
    queryFn: async ({ signal }): Promise<Figures<Kinds[K]>> => {
      const span = spanOf(question, time_zone);
      const { environment, source, by, provider, connection, operation } = question;
      const asked = {
        since: span.since.toISOString(),
        until: span.until.toISOString(),
        zoom: span.zoom,
        breakdown: by ? [by] : [],
        source,
        organization_id: id,
        ...(environment && { environment }),
        ...(provider !== undefined && { provider_key: provider }),
        ...(connection !== undefined && { connection_id: connection }),
        ...(operation !== undefined && { operation }),
      };
      return { rows: (await rpcRows(kind, asked, ROW, signal)) as Kinds[K][], span };
    },
    placeholderData: keepPreviousData,
    refetchInterval: every(FIGURES_MS),
  });
}

/** How much was called; live. */
export function useUsage(question: TrafficQuestion) {
  return useFigures("usage", question);
}

/** How long it took; live. */
export function useLatency(question: TrafficQuestion) {
  return useFigures("latency", question);
}

/** What went wrong, by class; live. */
export function useErrors(question: TrafficQuestion) {
  return useFigures("traffic_errors", question);
}

export type CostQuestion = Pick<TrafficQuestion, "environment" | "provider" | "connection" | keyof SpanSearch>;

/** What payments and shipments cost, told or by the fee model; by days or months. */
export function useCosts(question: CostQuestion) {
  const { id, time_zone } = useOrganization();
  return useQuery({
    queryKey: analyticsKeys.costs(id, question),
    queryFn: async ({ signal }): Promise<Figures<CostFigures>> => {
      const { environment, provider, connection } = question;
      const span = costSpan(question, time_zone);
      const asked = {
        since: span.since.toISOString(),
        until: span.until.toISOString(),
        zoom: span.zoom,
        organization_id: id,
        ...(environment && { environment }),
        ...(provider !== undefined && { provider_key: provider }),
        ...(connection !== undefined && { connection_id: connection }),
      };
      const order = ["starts_at", "environment", "connection_id", "category", "currency"];
      return { rows: (await rpcRows("costs", asked, order, signal)) as CostFigures[], span };
    },
    placeholderData: keepPreviousData,
    refetchInterval: every(FIGURES_MS),
  });
}

/** Costs are told by days at the finest. */
export function costSpan(search: SpanSearch, timeZone: string, now = new Date()): Span {
  const span = spanOf(search, timeZone, now);
  const zooms = span.zooms.filter((zoom) => zoom !== "hour");
  return { ...span, zoom: span.zoom === "hour" ? "day" : span.zoom, zooms: zooms.length > 0 ? zooms : ["day"] };
}
