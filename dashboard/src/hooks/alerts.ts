/** Alerts: what went wrong and needs somebody, what has become of it, who was told. */
import { type InfiniteData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { dataOf, type Enum, type Row, rpc, supabase } from "@/lib/supabase";

export type Alert = Row<"alerts">;
export type Severity = Enum<"alert_severity">;
export const SEVERITIES: readonly Severity[] = ["info", "warning", "critical"];

/** What is listed: `active` is all that is not over. */
export const ALERT_STATES = ["active", "open", "acknowledged", "snoozed", "resolved", "all"] as const;
export type AlertState = (typeof ALERT_STATES)[number];

const SIZE = 50;

export const alertKeys = {
  all: (organizationId: string) => ["alerts", organizationId] as const,
  list: (organizationId: string, filters: AlertFilters) => [...alertKeys.all(organizationId), "list", filters] as const,
  one: (organizationId: string, alertId: string) => [...alertKeys.all(organizationId), "one", alertId] as const,
  inbox: (organizationId: string) => [...alertKeys.all(organizationId), "inbox"] as const,
};

export interface AlertFilters {
  state: AlertState;
  severity?: Severity | undefined;
  connection?: string | undefined;
  rule?: string | undefined;
}

/** One word for where an alert stands. */
export function alertState({ status, snoozed_until }: Pick<Alert, "status" | "snoozed_until">, now: Date): string {
  return status !== "resolved" && snoozed_until !== null && new Date(snoozed_until) > now ? "snoozed" : status;
}

/** Alerts, the one that was seen last first; live. */
export function useAlerts(filters: AlertFilters) {
  const { id } = useOrganization();
  return useInfiniteQuery({
    queryKey: alertKeys.list(id, filters),
    queryFn: ({ pageParam, signal }) => {
      const { state, severity, connection, rule } = filters;
      const now = new Date().toISOString();
      let query = supabase()
        .from("alerts")
        .select("*, connection:integration_connections(name, environment)")
        .eq("organization_id", id);
      if (state === "active") query = query.neq("status", "resolved");
      if (state === "open" || state === "acknowledged") {
        query = query.eq("status", state).or(`snoozed_until.is.null,snoozed_until.lte.${now}`);
      }
      if (state === "snoozed") query = query.neq("status", "resolved").gt("snoozed_until", now);
      if (state === "resolved") query = query.eq("status", "resolved");
      if (severity) query = query.eq("severity", severity);
      if (connection !== undefined) query = query.eq("connection_id", connection);
      if (rule !== undefined) query = query.eq("rule_id", rule);
      if (pageParam !== null) query = query.or(pageParam);
      query = query.order("last_seen_at", { ascending: false }).order("id", { ascending: false }).limit(SIZE);
      return dataOf(query.abortSignal(signal));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => after(page, SIZE, "last_seen_at"),
    refetchInterval: every(LIST_MS),
  });
}

function after<K extends string>(page: readonly ({ id: string } & Record<K, string>)[], size: number, time: K) {
  const last = page.at(-1);
  return !last || page.length < size ? null : `${time}.lt.${last[time]},and(${time}.eq.${last[time]},id.lt.${last.id})`;
}

/** An alert with its history and with what channels were told. */
export function useAlert(alertId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: alertKeys.one(id, alertId),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("alerts")
          .select(
            "*, connection:integration_connections(name, environment), rule:alert_rules(id, name), " +
              "events:alert_events(id, type, actor, occurred_at, detail), " +
              "notifications:alert_notifications(id, transition, status, attempts, last_error, created_at, sent_at, " +
              "channel:alert_channels(name, kind))",
          )
          .eq("organization_id", id)
          .eq("id", alertId)
          .order("occurred_at", { referencedTable: "events" })
          .order("created_at", { referencedTable: "notifications" })
          .abortSignal(signal)
          .single()
          .overrideTypes<AlertDetail, { merge: false }>(),
      ),
    refetchInterval: every(LIST_MS),
  });
}

type Step = Pick<Row<"alert_events">, "id" | "type" | "actor" | "occurred_at" | "detail">;
type Told = Pick<
  Row<"alert_notifications">,
  "id" | "transition" | "status" | "attempts" | "last_error" | "created_at" | "sent_at"
> & { channel: Pick<Row<"alert_channels">, "name" | "kind"> };

export interface AlertDetail extends Alert {
  connection: Pick<Row<"integration_connections">, "name" | "environment"> | null;
  rule: { id: string; name: string } | null;
  events: Step[];
  notifications: Told[];
}

/** Say that somebody is on it. */
export function useAcknowledge() {
  return useAlertChange((alert_id: string) => rpc("acknowledge_alert", { alert_id }));
}

/** Have nobody told of it before a time; null ends that. */
export function useSnooze() {
  // The generated type does not know that the time may be null.
  return useAlertChange(({ id, until }: { id: string; until: string | null }) =>
    rpc("snooze_alert", { alert_id: id, until: until as string }),
  );
}

/** Say that it is over. */
export function useResolve() {
  return useAlertChange((alert_id: string) => rpc("resolve_alert", { alert_id }));
}

function useAlertChange<A, R>(mutationFn: (args: A) => Promise<R>) {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: alertKeys.all(id) }) });
}

export interface InboxEntry {
  id: string;
  created_at: string;
  alert_id: string;
  transition: string;
  severity: Severity;
  alert: Pick<Alert, "title" | "status" | "snoozed_until">;
  /** The reader's own mark; empty: not read yet. */
  alert_reads: { read_at: string }[];
}

export function isUnread({ alert_reads }: Pick<InboxEntry, "alert_reads">): boolean {
  return alert_reads.length === 0;
}

/** What the hub tells its members, newest first; live. */
export function useInbox() {
  const { id } = useOrganization();
  return useInfiniteQuery({
    queryKey: alertKeys.inbox(id),
    queryFn: ({ pageParam, signal }) => {
      let query = supabase()
        .from("alert_notifications")
        .select(
          "id, created_at, alert_id, transition, severity, alert:alerts!inner(title, status, snoozed_until), " +
            "alert_reads(read_at), alert_channels!inner(kind)",
        )
        .eq("organization_id", id)
        .eq("alert_channels.kind", "in_app");
      if (pageParam !== null) query = query.or(pageParam);
      query = query.order("created_at", { ascending: false }).order("id", { ascending: false }).limit(SIZE);
      return dataOf(query.abortSignal(signal).overrideTypes<InboxEntry[], { merge: false }>());
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => after(page, SIZE, "created_at"),
    refetchInterval: every(LIST_MS),
  });
}

/** Mark entries as read by the reader; they look read at once. */
export function useMarkRead() {
  const client = useQueryClient();
  const { id } = useOrganization();
  const key = alertKeys.inbox(id);
  return useMutation({
    mutationFn: (notification_ids: string[]) => rpc("read_alert_notifications", { notification_ids }),
    onMutate: (read) => {
      const at = new Date().toISOString();
      client.setQueryData<InfiniteData<InboxEntry[], string | null>>(
        key,
        (before) =>
          before && {
            ...before,
            pages: before.pages.map((page) =>
              page.map((entry) => (read.includes(entry.id) ? { ...entry, alert_reads: [{ read_at: at }] } : entry)),
            ),
          },
      );
    },
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}
