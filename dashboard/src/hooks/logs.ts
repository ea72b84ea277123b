/** Calls to providers, as they were recorded: redacted by the worker before they were stored. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, FIGURES_MS } from "@/lib/live";
import { type Answer, dataOf, type Row, rpc, supabase } from "@/lib/supabase";

export type Log = Row<"integration_logs">;
/** A line of the list: without what was sent and answered. */
export type LogLine = Omit<
  Log,
  "organization_id" | "request_headers" | "request_body" | "response_headers" | "response_body"
>;
export const STATUS_CLASSES = ["error", "2xx", "3xx", "4xx", "5xx", "none"] as const;
export type StatusClass = (typeof STATUS_CLASSES)[number];

export interface LogFilters {
  connection: string | undefined;
  /** The connections that may be shown, where they are those of one environment; null: all. */
  among: readonly string[] | null;
  status: StatusClass | undefined;
  operation: string | undefined;
  /** ISO times, the second exclusive. */
  since: string;
  until: string | undefined;
  /** A trace id, an operation's id, a log line's, or what the provider calls the request. */
  text: string | undefined;
}

const COLUMNS =
  "id, occurred_at, connection_id, provider_key, operation, operation_id, method, url, status, outcome, error_code, duration_ms, attempt, request_bytes, response_bytes, provider_request_id, trace_id";
export const PAGE_SIZE = 100;
/** Whoever goes on to the second page may be looking for something far down: as many as PostgREST gives at a time. */
export const FURTHER_PAGE_SIZE = 1000;
const TAIL_MS = 4_000;

export const logKeys = {
  all: (organizationId: string) => ["logs", organizationId] as const,
  list: (organizationId: string, filters: LogFilters) => [...logKeys.all(organizationId), "list", filters] as const,
  tail: (organizationId: string, filters: LogFilters) => [...logKeys.all(organizationId), "tail", filters] as const,
  one: (organizationId: string, logId: string) => [...logKeys.all(organizationId), "one", logId] as const,
  trace: (organizationId: string, traceId: string | null, operationId: string | null) =>
    [...logKeys.all(organizationId), "trace", traceId, operationId] as const,
  operations: (organizationId: string, since: string) => [...logKeys.all(organizationId), "operations", since] as const,
};

type Cursor = { occurred_at: string; id: string };

/** Newest first, by pages. It is not read again: `useLogTail` brings what is new. */
export function useLogs(filters: LogFilters, enabled: boolean) {
  const { id } = useOrganization();
  return useInfiniteQuery({
    queryKey: logKeys.list(id, filters),
    queryFn: ({ pageParam, signal }) => fetchLines(id, filters, pageParam, signal),
    initialPageParam: null as Cursor | null,
    getNextPageParam: (last, pages) =>
      last.length < (pages.length === 1 ? PAGE_SIZE : FURTHER_PAGE_SIZE) ? null : (last.at(-1) ?? null),
    staleTime: Infinity,
    enabled,
  });
}

/** The newest lines again and again, for the top of the list. */
export function useLogTail(filters: LogFilters, enabled: boolean) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: logKeys.tail(id, filters),
    queryFn: ({ signal }) => fetchLines(id, filters, null, signal),
    refetchInterval: every(TAIL_MS),
    enabled,
  });
}

function fetchLines(
  organizationId: string,
  filters: LogFilters,
  after: Cursor | null,
  signal: AbortSignal,
): Promise<LogLine[]> {
  let query = supabase()
    .from("integration_logs")
    .select(COLUMNS)
    .eq("organization_id", organizationId)
    .gte("occurred_at", filters.since);
  if (filters.until !== undefined) query = query.lt("occurred_at", filters.until);
  if (filters.connection !== undefined) query = query.eq("connection_id", filters.connection);
  if (filters.among !== null) query = query.in("connection_id", [...filters.among]);
  if (filters.operation !== undefined) query = query.eq("operation", filters.operation);
  if (filters.status === "error") query = query.neq("outcome", "ok");
  else if (filters.status === "none") query = query.is("status", null);
  else if (filters.status !== undefined) {
    const first = Number(filters.status[0]) * 100;
    query = query.gte("status", first).lt("status", first + 100);
  }
  if (filters.text !== undefined) query = query.or(lookingFor(filters.text));
  if (after) {
    const { occurred_at: at, id } = after;
    query = query.or(`occurred_at.lt."${at}",and(occurred_at.eq."${at}",id.lt.${id})`);
  }
  return dataOf(
    query
      .order("occurred_at", { ascending: false })
      .order("id", { ascending: false })
      .limit(after ? FURTHER_PAGE_SIZE : PAGE_SIZE)
      .abortSignal(signal),
  );
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TRACE = /^[0-9a-f]{32}$/i;

/** Which columns a searched text may be found in, as PostgREST's `or`. */
export function lookingFor(text: string): string {
  const wanted = text.trim();
  // A traceparent holds the trace id as its second part.
  const trace = /^00-([0-9a-f]{32})-/i.exec(wanted)?.[1] ?? wanted;
  // A text stands in double quotes, in which only they and the backslash mean anything.
  const quoted = `"${wanted.replace(/[\\"]/g, "\\$&")}"`;
  const parts = [`provider_request_id.eq.${quoted}`];
  if (TRACE.test(trace)) parts.push(`trace_id.eq.${trace.toLowerCase()}`);
  if (UUID.test(wanted)) parts.push(`operation_id.eq.${wanted}`, `id.eq.${wanted}`);
  return parts.join(",");
}

/** What is new goes among what is there; newest first, each line once. */
export function withTail(pages: readonly LogLine[], tail: readonly LogLine[]): readonly LogLine[] {
  const head = noOlderThan(tail, pages);
  const known = new Set(head.map((line) => line.id));
  const fresh = tail.filter((line) => !known.has(line.id));
  if (fresh.length === 0) return pages;
  const top = [...fresh, ...head].sort((a, b) => timeOf(b) - timeOf(a) || (a.id < b.id ? 1 : -1));
  return [...top, ...pages.slice(head.length)];
}

/** Whether lines may have been missed between what is listed and the newest: a whole page, none of it known. */
export function isGap(pages: readonly LogLine[], tail: readonly LogLine[]): boolean {
  if (tail.length < PAGE_SIZE || pages.length === 0) return false;
  const known = new Set(noOlderThan(tail, pages).map((line) => line.id));
  return !tail.some((line) => known.has(line.id));
}

/** The lines of a long list, newest first, that a short one may hold too: the rest of it need not be looked at. */
function noOlderThan(short: readonly LogLine[], long: readonly LogLine[]): readonly LogLine[] {
  const oldest = short.at(-1);
  if (!oldest) return [];
  const end = long.findIndex((line) => timeOf(line) < timeOf(oldest));
  return end === -1 ? long : long.slice(0, end);
}

function timeOf(line: Pick<LogLine, "occurred_at">): number {
  return new Date(line.occurred_at).getTime();
}

const DAY_MS = 86_400_000;

/** When a UUID of version 7 was made; null for another one. */
export function timeOfId(id: string): Date | null {
  if (!UUID.test(id) || id[14] !== "7") return null;
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** One line with what was sent and answered; null: there is none of that id any more. */
export function useLog(logId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: logKeys.one(id, logId),
    queryFn: async ({ signal }): Promise<Log | null> => {
      const made = timeOfId(logId);
      if (!made) return null;
      const rows = await dataOf(
        supabase()
          .from("integration_logs")
          .select("*")
          .eq("organization_id", id)
          .eq("id", logId)
          // The table has a partition for each day: the id says which to look into.
          .gte("occurred_at", new Date(made.getTime() - DAY_MS).toISOString())
          .lte("occurred_at", new Date(made.getTime() + DAY_MS).toISOString())
          .abortSignal(signal),
      );
      return rows[0] ?? null;
    },
    staleTime: Infinity,
  });
}

/** What a call belongs to: the operation it was for, and the events of the same trace. */
export function useTraceOf(log: Pick<Log, "trace_id" | "operation_id" | "occurred_at">) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: logKeys.trace(id, log.trace_id, log.operation_id),
    queryFn: async ({ signal }) => {
      const [operations, events] = await Promise.all([
        log.operation_id === null
          ? []
          : dataOf(
              supabase()
                .from("operations")
                .select("id, kind, status, subject_type, subject_id, created_at")
                .eq("organization_id", id)
                .eq("id", log.operation_id)
                .abortSignal(signal),
            ),
        log.trace_id === null
          ? []
          : dataOf(
              supabase()
                .from("events")
                .select("id, type, subject_type, subject_id, created_at")
                .eq("organization_id", id)
                .eq("trace_id", log.trace_id)
                .gte("created_at", new Date(new Date(log.occurred_at).getTime() - DAY_MS).toISOString())
                .order("created_at")
                .limit(20)
                .abortSignal(signal),
            ),
      ]);
      return { operation: operations[0] ?? null, events };
    },
    refetchInterval: every(FIGURES_MS),
  });
}

/** What connectors were asked for in that time, most called first. */
export function useCalledOperations(since: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: logKeys.operations(id, since),
    queryFn: async ({ signal }) => {
      const asked = { since, zoom: "day", breakdown: ["operation"], source: "call" as const, organization_id: id };
      return operationsOf(await rpc("usage", asked, signal));
    },
    refetchInterval: every(FIGURES_MS),
  });
}

export function operationsOf(rows: readonly Pick<Answer<"usage">[number], "operation" | "calls">[]): string[] {
  const calls = new Map<string, number>();
  for (const { operation, calls: counted } of rows) {
    if (operation !== null) calls.set(operation, (calls.get(operation) ?? 0) + (counted ?? 0));
  }
  return [...calls].sort(([a, x], [b, y]) => y - x || a.localeCompare(b)).map(([operation]) => operation);
}
