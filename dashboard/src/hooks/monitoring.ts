/** How connections are doing: uptime, traffic, backlog, alerts. Figures as the hub's own functions count them. */
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { startOfDay } from "@/lib/format";
import { every, FIGURES_MS, LIST_MS } from "@/lib/live";
import { type Answer, countOf, dataOf, type Known, type Row, rpcRows, supabase } from "@/lib/supabase";
import type { UptimeDay } from "@/ui/uptime_bars";
import type { Environment } from "./connections";

type UptimeRow = Known<
  Answer<"uptime">[number],
  "starts_at" | "connection_id" | "seconds_up" | "seconds_degraded" | "seconds_down"
>;
type UsageRow = Known<Answer<"usage">[number], "starts_at" | "calls" | "errors">;
type LatencyRow = Known<Answer<"latency">[number], "starts_at" | "calls" | "mean_ms">;

export const UPTIME_DAYS = 30;
const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;

export const monitoringKeys = {
  uptime: (organizationId: string) => ["uptime", organizationId] as const,
  traffic: (organizationId: string, environment: Environment | null) =>
    ["traffic", organizationId, environment] as const,
  backlog: (organizationId: string) => ["webhook_backlog", organizationId] as const,
  alerts: (organizationId: string) => ["alerts", organizationId, "open"] as const,
};

/** The last thirty days of a connection. */
export interface Uptime {
  days: UptimeDay[];
  /** Over all days; null: it was never watched. */
  share: number | null;
}

/** By connection. */
export function useUptime() {
  const { id, time_zone } = useOrganization();
  return useQuery({
    queryKey: monitoringKeys.uptime(id),
    queryFn: async ({ signal }) => {
      const since = startOfDay(time_zone, UPTIME_DAYS - 1);
      const asked = { since: since.toISOString(), zoom: "day", organization_id: id };
      const figures = await rpcRows("uptime", asked, ["starts_at", "connection_id"], signal);
      return uptimeByConnection(figures as UptimeRow[], time_zone);
    },
    refetchInterval: every(FIGURES_MS),
  });
}

/** Thirty days for each connection, from rows of those that were watched. */
export function uptimeByConnection(
  rows: readonly UptimeRow[],
  timeZone: string,
  now = new Date(),
): Map<string, Uptime> {
  const starts = Array.from({ length: UPTIME_DAYS }, (_, day) => startOfDay(timeZone, UPTIME_DAYS - 1 - day, now));
  const found = Map.groupBy(rows, (row) => row.connection_id);
  return new Map(
    [...found].map(([connection, figures]) => {
      const byStart = new Map(figures.map((row) => [new Date(row.starts_at).getTime(), row]));
      const days = starts.map((startsAt): UptimeDay => {
        const row = byStart.get(startsAt.getTime());
        return { startsAt, uptime: row?.uptime ?? null, degraded: (row?.seconds_degraded ?? 0) > 0 };
      });
      const notDown = sum(figures, (row) => row.seconds_up + row.seconds_degraded);
      const watched = notDown + sum(figures, (row) => row.seconds_down);
      return [connection, { days, share: watched > 0 ? notDown / watched : null }];
    }),
  );
}

/** Calls, errors and how long they took. */
export interface Traffic {
  calls: number;
  errors: number;
  /** Null without calls. */
  meanMs: number | null;
}

export interface TrafficOverview {
  /** Since the day began in the organization's time zone. */
  today: Traffic;
  /** The last 24 whole hours, the present one included. */
  last: Traffic;
  byConnection: Map<string | null, Traffic>;
  /** Calls of each of these hours, the present one last. */
  hours: number[];
}

/** Calls to providers today and in the last 24 hours. */
export function useTraffic(environment: Environment | null) {
  const { id, time_zone } = useOrganization();
  return useQuery({
    queryKey: monitoringKeys.traffic(id, environment),
    queryFn: async ({ signal }) => {
      const now = new Date();
      const first = firstHour(now);
      // A day of more than 24 hours ago began, where the clocks were just put back.
      const today = startOfDay(time_zone, 0, now);
      const since = new Date(Math.min(first.getTime(), today.getTime())).toISOString();
      const asked = {
        since,
        zoom: "hour",
        breakdown: ["connection"],
        organization_id: id,
        ...(environment && { environment }),
      };
      const order = ["starts_at", "environment", "connection_id"];
      const [usage, latency] = await Promise.all([
        rpcRows("usage", asked, order, signal),
        rpcRows("latency", asked, order, signal),
      ]);
      return trafficOf(usage as UsageRow[], latency as LatencyRow[], first, today);
    },
    refetchInterval: every(FIGURES_MS),
  });
}

function firstHour(now: Date): Date {
  return new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS - (DAY_HOURS - 1) * HOUR_MS);
}

/** Hourly rows added up. */
export function trafficOf(
  usage: readonly UsageRow[],
  latency: readonly LatencyRow[],
  first: Date,
  today: Date,
): TrafficOverview {
  const from = (start: Date) => (row: { starts_at: string }) => new Date(row.starts_at) >= start;
  const last = usage.filter(from(first));
  const lastLatency = latency.filter(from(first));
  const latencyBy = Map.groupBy(lastLatency, (row) => row.connection_id);
  const hours = Array.from({ length: DAY_HOURS }, () => 0);
  for (const row of last) {
    const hour = Math.floor((new Date(row.starts_at).getTime() - first.getTime()) / HOUR_MS);
    hours[hour] = (hours[hour] ?? 0) + row.calls;
  }
  return {
    today: added(usage.filter(from(today)), latency.filter(from(today))),
    last: added(last, lastLatency),
    byConnection: new Map(
      [...Map.groupBy(last, (row) => row.connection_id)].map(([id, rows]) => [
        id,
        added(rows, latencyBy.get(id) ?? []),
      ]),
    ),
    hours,
  };
}

function added(usage: readonly UsageRow[], latency: readonly LatencyRow[]): Traffic {
  const timed = sum(latency, (row) => row.calls);
  return {
    calls: sum(usage, (row) => row.calls),
    errors: sum(usage, (row) => row.errors),
    meanMs: timed > 0 ? sum(latency, (row) => row.mean_ms * row.calls) / timed : null,
  };
}

/** Webhooks that are not done with: received ones yet to be processed, and deliveries yet to be made. */
export interface Backlog {
  waiting: number;
  failing: number;
  undelivered: number;
  /** Given up, on either side. */
  dead: number;
}

export function useWebhookBacklog() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: monitoringKeys.backlog(id),
    queryFn: async ({ signal }): Promise<Backlog> => {
      const head = { count: "exact", head: true } as const;
      const received = (status: Row<"webhook_events">["status"]) =>
        countOf(
          supabase()
            .from("webhook_events")
            .select("id", head)
            .eq("organization_id", id)
            .eq("status", status)
            .abortSignal(signal),
        );
      const sent = (status: Row<"webhook_deliveries">["status"]) =>
        countOf(
          supabase()
            .from("webhook_deliveries")
            .select("id", head)
            .eq("organization_id", id)
            .eq("status", status)
            .abortSignal(signal),
        );
      const [waiting, failing, undelivered, deadIn, deadOut] = await Promise.all([
        received("received"),
        received("failed"),
        sent("pending"),
        received("dead"),
        sent("dead"),
      ]);
      return { waiting, failing, undelivered, dead: deadIn + deadOut };
    },
    refetchInterval: every(LIST_MS),
  });
}

/** Alerts that are not over, worst and newest first. */
export function useOpenAlerts() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: monitoringKeys.alerts(id),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("alerts")
          .select("id, title, severity, status, occurrences, first_seen_at, last_seen_at, connection_id, snoozed_until")
          .eq("organization_id", id)
          .neq("status", "resolved")
          .order("severity", { ascending: false })
          .order("last_seen_at", { ascending: false })
          .limit(50)
          .abortSignal(signal),
      ),
    refetchInterval: every(LIST_MS),
  });
}

function sum<T>(rows: readonly T[], figure: (row: T) => number): number {
  return rows.reduce((total, row) => total + figure(row), 0);
}
