/** Webhooks that came in from providers: the list, one of them whole, what followed from it, and acting on them anew. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { below, type Condition, type Cursor, isLike, isOneOf, isWithin, narrow } from "@/lib/narrow";
import { type Period, spanOf } from "@/lib/period";
import { countOf, dataOf, type Row, rpc, supabase } from "@/lib/supabase";

const LISTED =
  "id, received_at, connection_id, endpoint_id, provider_key, provider_event_id, event_type, status, attempts, body_bytes, body_erased_at, error";
const PAGE = 50;
/** How many the hub takes at once is 1,000; fewer show progress. */
const BATCH = 200;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export type WebhookEvent = Row<"webhook_events">;
export type WebhookEventStatus = WebhookEvent["status"];
export type ListedWebhookEvent = Awaited<ReturnType<typeof fetchPage>>[number];

/** What is looked for among them. */
export interface WebhookEventFilters extends Period {
  status?: string | undefined;
  connection?: string | undefined;
  /** In the provider's words; `*` stands for any part. */
  type?: string | undefined;
  /** The provider's id of it, or the hub's. */
  find?: string | undefined;
  /** Only of these connections; null: of all. */
  connections: readonly string[] | null;
}

export const webhookEventKeys = {
  all: (organizationId: string) => ["webhook_events", organizationId] as const,
  list: (organizationId: string, filters: WebhookEventFilters) =>
    [...webhookEventKeys.all(organizationId), "list", filters] as const,
  count: (organizationId: string, filters: WebhookEventFilters) =>
    [...webhookEventKeys.all(organizationId), "count", filters] as const,
  one: (organizationId: string, id: string) => [...webhookEventKeys.all(organizationId), "one", id] as const,
  about: (organizationId: string, id: string) => [...webhookEventKeys.all(organizationId), "about", id] as const,
};

/** Filters as conditions. */
export function conditionsOf(filters: WebhookEventFilters, organizationId: string, timeZone: string): Condition[] {
  const { status, connection, type, find, connections } = filters;
  const conditions: Condition[] = [
    ["organization_id", "eq", organizationId],
    ...isWithin("received_at", spanOf(filters, timeZone)),
  ];
  if (status) conditions.push(["status", "eq", status]);
  if (connection) conditions.push(["connection_id", "eq", connection]);
  else if (connections) conditions.push(isOneOf("connection_id", connections));
  if (type) conditions.push(isLike("event_type", type));
  if (find) conditions.push([UUID.test(find) ? "id" : "provider_event_id", "eq", find]);
  return conditions;
}

/** Events by cursor, newest first; live. Their bodies are not among it. */
export function useWebhookEvents(filters: WebhookEventFilters) {
  const { id, time_zone } = useOrganization();
  return useInfiniteQuery({
    queryKey: webhookEventKeys.list(id, filters),
    queryFn: ({ pageParam, signal }) => fetchPage(conditionsOf(filters, id, time_zone), pageParam, signal),
    initialPageParam: null as Cursor | null,
    getNextPageParam: (last) => (last.length < PAGE ? null : cursorOf(last.at(-1))),
    refetchInterval: every(LIST_MS),
  });
}

function fetchPage(conditions: readonly Condition[], cursor: Cursor | null, signal: AbortSignal) {
  let query = narrow(supabase().from("webhook_events").select(LISTED), conditions);
  if (cursor) query = query.or(below("received_at", cursor));
  return dataOf(
    query.order("received_at", { ascending: false }).order("id", { ascending: false }).limit(PAGE).abortSignal(signal),
  );
}

function cursorOf(row: { received_at: string; id: string } | undefined): Cursor | null {
  return row ? { at: row.received_at, id: row.id } : null;
}

/** One event with its body; live. */
export function useWebhookEvent(eventId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: webhookEventKeys.one(id, eventId),
    queryFn: ({ signal }) =>
      dataOf<WebhookEvent>(
        supabase()
          .from("webhook_events")
          .select("*")
          .eq("organization_id", id)
          .eq("id", eventId)
          .abortSignal(signal)
          .single(),
      ),
    refetchInterval: every(LIST_MS),
  });
}

/** What followed from an event: the hub's events of its trace until it was settled, and the times it was sent again. */
export function useConsequences(event: Pick<WebhookEvent, "id" | "received_at" | "processed_at" | "trace_id"> & About) {
  const { id } = useOrganization();
  const { received_at, processed_at, trace_id, endpoint_id, provider_event_id } = event;
  return useQuery({
    queryKey: [...webhookEventKeys.about(id, event.id), processed_at],
    queryFn: async ({ signal }) => {
      const events = supabase()
        .from("events")
        .select("id, type, subject_type, subject_id, data, created_at")
        .eq("organization_id", id)
        .eq("trace_id", trace_id ?? "")
        .gte("created_at", received_at)
        .lte("created_at", processed_at ?? received_at)
        .order("created_at")
        .limit(PAGE)
        .abortSignal(signal);
      const repeats = supabase()
        .from("webhook_requests")
        .select("id, received_at, reason, http_status")
        .eq("organization_id", id)
        .eq("endpoint_id", endpoint_id)
        .eq("provider_event_id", provider_event_id ?? "")
        .order("received_at", { ascending: false })
        .limit(PAGE)
        .abortSignal(signal);
      const [led, sentAgain] = await Promise.all([
        trace_id !== null && processed_at !== null ? dataOf(events) : [],
        provider_event_id === null ? [] : dataOf(repeats),
      ]);
      return { events: led, repeats: sentAgain };
    },
  });
}

type About = Pick<WebhookEvent, "endpoint_id" | "provider_event_id">;

/** What can be acted on anew: it is settled, and its body is there. */
const REPLAYABLE: Condition[] = [
  ["status", "neq", "received"],
  ["body_erased_at", "is", "null"],
];

/** How many of those that fit can be acted on anew, and how many cannot because their bodies have been erased. */
export function useReplayableCount(filters: WebhookEventFilters) {
  const { id, time_zone } = useOrganization();
  return useQuery({
    queryKey: webhookEventKeys.count(id, filters),
    queryFn: async ({ signal }) => {
      const conditions = conditionsOf(filters, id, time_zone);
      const count = (others: readonly Condition[]) =>
        countOf(
          narrow(supabase().from("webhook_events").select("id", { count: "exact", head: true }), [
            ...conditions,
            ...others,
          ]).abortSignal(signal),
        );
      const [replayable, erased] = await Promise.all([
        count(REPLAYABLE),
        count([["body_erased_at", "not.is", "null"]]),
      ]);
      return { replayable, erased };
    },
    gcTime: 0,
  });
}

/** Have events processed again: these, or all that fit as of now. Tells how many it has asked for so far. */
export function useReplayWebhookEvents() {
  const client = useQueryClient();
  const { id, time_zone } = useOrganization();
  return useMutation({
    mutationFn: async ({ of, onProgress, signal }: Replaying): Promise<number> => {
      let done = 0;
      const batches = "ids" in of ? inBatches(of.ids) : idsThatFit(conditionsOf(of, id, time_zone), signal);
      for await (const ids of batches) {
        if (signal.aborted) break;
        done += await rpc("replay_webhook_events", { event_ids: ids });
        onProgress(done);
      }
      return done;
    },
    onSettled: () => client.invalidateQueries({ queryKey: webhookEventKeys.all(id) }),
  });
}

interface Replaying {
  of: WebhookEventFilters | { ids: readonly string[] };
  onProgress: (done: number) => void;
  /** Ends it after the batch that is under way. */
  signal: AbortSignal;
}

function* inBatches(ids: readonly string[]) {
  for (let start = 0; start < ids.length; start += BATCH) yield ids.slice(start, start + BATCH);
}

/** Oldest first, as they happened. What arrives meanwhile is not among them. */
async function* idsThatFit(conditions: readonly Condition[], signal: AbortSignal) {
  const now = new Date().toISOString();
  const all: Condition[] = [...conditions, ...REPLAYABLE, ["received_at", "lt", now]];
  for (let after: Cursor | null = null; ;) {
    let query = narrow(supabase().from("webhook_events").select("id, received_at"), all);
    if (after) query = query.or(`received_at.gt.${after.at},and(received_at.eq.${after.at},id.gt.${after.id})`);
    const rows = await dataOf(query.order("received_at").order("id").limit(BATCH).abortSignal(signal));
    if (rows.length > 0) yield rows.map((row) => row.id);
    if (rows.length < BATCH) return;
    after = cursorOf(rows.at(-1));
  }
}
