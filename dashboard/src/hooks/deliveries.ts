/** Deliveries: events on their way to subscriptions, each attempt at it, and sending them anew. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod/mini";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS, WAITING_MS } from "@/lib/live";
import { below, type Condition, type Cursor, isLike, isOneOf, isWithin, narrow } from "@/lib/narrow";
import { type Period, type Span, spanOf } from "@/lib/period";
import { countOf, dataOf, type Row, rpc, supabase } from "@/lib/supabase";

const LISTED =
  "id, created_at, subscription_id, event_id, event_type, status, attempts, next_attempt_at, last_status, last_error, delivered_at, replayed_at";
const PAGE = 50;

export type Delivery = Row<"webhook_deliveries">;
export type DeliveryStatus = Delivery["status"];
export type DeliveryAttempt = Row<"webhook_delivery_attempts">;
export type ListedDelivery = Awaited<ReturnType<typeof fetchPage>>[number];

/** What is looked for among them. */
export interface DeliveryFilters extends Period {
  status?: string | undefined;
  subscription?: string | undefined;
  /** The type of the event; `*` stands for any part. */
  type?: string | undefined;
  /** The hub's id of the event. */
  about?: string | undefined;
  /** Only to these subscriptions; null: to all. */
  subscriptions: readonly string[] | null;
}

export const deliveryKeys = {
  all: (organizationId: string) => ["webhook_deliveries", organizationId] as const,
  list: (organizationId: string, filters: DeliveryFilters) =>
    [...deliveryKeys.all(organizationId), "list", filters] as const,
  one: (organizationId: string, id: string) => [...deliveryKeys.all(organizationId), "one", id] as const,
  attempts: (organizationId: string, id: string) => [...deliveryKeys.all(organizationId), "attempts", id] as const,
  counts: (organizationId: string, asked: ReplayFilter) =>
    [...deliveryKeys.all(organizationId), "counts", asked] as const,
};

/** Deliveries by cursor, newest first; live. What is sent is not among it. */
export function useDeliveries(filters: DeliveryFilters) {
  const { id, time_zone } = useOrganization();
  return useInfiniteQuery({
    queryKey: deliveryKeys.list(id, filters),
    queryFn: ({ pageParam, signal }) => {
      const { status, subscription, type, about, subscriptions } = filters;
      const conditions: Condition[] = [
        ["organization_id", "eq", id],
        ...isWithin("created_at", spanOf(filters, time_zone)),
      ];
      if (status) conditions.push(["status", "eq", status]);
      if (subscription) conditions.push(["subscription_id", "eq", subscription]);
      else if (subscriptions) conditions.push(isOneOf("subscription_id", subscriptions));
      if (type) conditions.push(isLike("event_type", type));
      if (about) conditions.push(["event_id", "eq", about]);
      return fetchPage(conditions, pageParam, signal);
    },
    initialPageParam: null as Cursor | null,
    getNextPageParam: (last) => {
      const oldest = last.at(-1);
      return last.length < PAGE || !oldest ? null : { at: oldest.created_at, id: oldest.id };
    },
    refetchInterval: every(LIST_MS),
  });
}

function fetchPage(conditions: readonly Condition[], cursor: Cursor | null, signal: AbortSignal) {
  let query = narrow(supabase().from("webhook_deliveries").select(LISTED), conditions);
  if (cursor) query = query.or(below("created_at", cursor));
  return dataOf(
    query.order("created_at", { ascending: false }).order("id", { ascending: false }).limit(PAGE).abortSignal(signal),
  );
}

/** One delivery with what is sent; live. */
export function useDelivery(deliveryId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: deliveryKeys.one(id, deliveryId),
    queryFn: ({ signal }) =>
      dataOf<Delivery>(
        supabase()
          .from("webhook_deliveries")
          .select("*")
          .eq("organization_id", id)
          .eq("id", deliveryId)
          .abortSignal(signal)
          .single(),
      ),
    refetchInterval: every(LIST_MS),
  });
}

/** The times that a delivery was sent, the last first; live. */
export function useAttempts(deliveryId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: deliveryKeys.attempts(id, deliveryId),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("webhook_delivery_attempts")
          .select("*")
          .eq("organization_id", id)
          .eq("delivery_id", deliveryId)
          .order("created_at", { ascending: false })
          .limit(100)
          .abortSignal(signal),
      ),
    refetchInterval: every(LIST_MS),
  });
}

/** Send deliveries anew, all or none; answers with how many were not on their way already. */
export function useResend() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: (ids: readonly string[]) => rpc("resend_webhook_deliveries", { delivery_ids: [...ids] }),
    onSettled: () => client.invalidateQueries({ queryKey: deliveryKeys.all(id) }),
  });
}

/** Which deliveries are to be sent anew. */
export interface ReplayFilter {
  span: Span & { since: string };
  status: readonly Exclude<DeliveryStatus, "pending">[];
  /** A pattern of types; null: all. */
  type: string | null;
  subscriptions: readonly string[];
}

/** How many deliveries a replay is about, by subscription; those without any are left out. */
export function useReplayCounts(asked: ReplayFilter) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: deliveryKeys.counts(id, asked),
    queryFn: async ({ signal }) => {
      const conditions: Condition[] = [
        ["organization_id", "eq", id],
        isOneOf("status", asked.status),
        ...isWithin("created_at", asked.span),
        ...(asked.type === null ? [] : [isLike("event_type", asked.type)]),
      ];
      const counts = await Promise.all(
        asked.subscriptions.map(async (subscription): Promise<[string, number]> => {
          const head = supabase().from("webhook_deliveries").select("id", { count: "exact", head: true });
          const query = narrow(head, [...conditions, ["subscription_id", "eq", subscription]]);
          return [subscription, await countOf(query.abortSignal(signal))];
        }),
      );
      return new Map(counts.filter(([, count]) => count > 0));
    },
    gcTime: 0,
  });
}

/** Begin a replay of each subscription; answers with the operations. `keys` are idempotency keys by subscription. */
export function useReplayDeliveries() {
  return useMutation({
    mutationFn: ({ asked, keys }: { asked: ReplayFilter; keys: ReadonlyMap<string, string> }) =>
      Promise.all(
        [...keys].map(([subscription, key]) =>
          rpc("replay_webhook_deliveries", {
            subscription_id: subscription,
            since: asked.span.since,
            ...(asked.span.until === null ? {} : { until: asked.span.until }),
            filter: { status: [...asked.status], ...(asked.type === null ? {} : { event_types: [asked.type] }) },
            idempotency_key: key,
          }),
        ),
      ),
  });
}

const progressSchema = z.object({
  total: z.catch(z.number(), 0),
  done: z.catch(z.number(), 0),
  replayed: z.catch(z.number(), 0),
});

/** How far replays are, all together; looked at until all have ended. */
export function useReplayProgress(operationIds: readonly string[]) {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["operations", id, "replays", operationIds],
    queryFn: async ({ signal }) => {
      const rows = await dataOf(
        supabase().from("operations").select("id, status, result, error").in("id", operationIds).abortSignal(signal),
      );
      const parts = rows.map(({ result }) => progressSchema.parse(result ?? {}));
      const ended = rows.length > 0 && rows.every(({ status }) => status !== "pending");
      if (ended) void client.invalidateQueries({ queryKey: deliveryKeys.all(id) });
      return {
        total: parts.reduce((sum, { total }) => sum + total, 0),
        done: parts.reduce((sum, { done }) => sum + done, 0),
        replayed: parts.reduce((sum, { replayed }) => sum + replayed, 0),
        ended,
        failed: rows.filter(({ status }) => status !== "pending" && status !== "succeeded"),
      };
    },
    enabled: operationIds.length > 0,
    refetchInterval: (query) => (query.state.data?.ended ? false : WAITING_MS),
  });
}
