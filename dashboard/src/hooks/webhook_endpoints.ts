/** Addresses that providers send webhooks to: what they let in, what they turned away, and how a provider is told of one. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod/mini";
import { useOrganization } from "@/app/organization";
import { loadConfig } from "@/lib/config";
import { every, LIST_MS } from "@/lib/live";
import { below, type Condition, type Cursor, isOneOf, isWithin, narrow } from "@/lib/narrow";
import { type Period, spanOf } from "@/lib/period";
import { dataOf, type Row, rpc, supabase } from "@/lib/supabase";

const COLUMNS =
  "id, connection_id, token_hint, description, enabled, record_only, max_body_bytes, tolerance_seconds, rate_per_second, rate_burst, allowed_networks, ignored_event_types, body_retention_days, bodies_erased_until, received_count, refused_count, last_received_at, last_refused_at, last_refusal, created_at";
const PAGE = 50;

export type Endpoint = Omit<Row<"webhook_endpoints">, "token_hash" | "organization_id">;
export type TurnedAway = Row<"webhook_requests">;
/** What can be changed of an endpoint. */
export type EndpointControls = Pick<
  Endpoint,
  | "description"
  | "enabled"
  | "record_only"
  | "max_body_bytes"
  | "tolerance_seconds"
  | "rate_per_second"
  | "rate_burst"
  | "allowed_networks"
  | "ignored_event_types"
  | "body_retention_days"
>;

export const endpointKeys = {
  all: (organizationId: string) => ["webhook_endpoints", organizationId] as const,
  requests: (organizationId: string, filters: RequestFilters) => ["webhook_requests", organizationId, filters] as const,
};

/** All endpoints, newest first; live. */
export function useEndpoints() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: endpointKeys.all(id),
    queryFn: ({ signal }): Promise<Endpoint[]> =>
      dataOf(
        supabase()
          .from("webhook_endpoints")
          .select(COLUMNS)
          .eq("organization_id", id)
          .order("created_at", { ascending: false })
          .order("id")
          .abortSignal(signal),
      ),
    refetchInterval: every(LIST_MS),
  });
}

const newEndpoint = z.object({ id: z.string(), path: z.string() });

/** A new address: its URL is in this answer and nowhere else. */
export interface NewEndpoint {
  id: string;
  url: string;
}

interface Making {
  connection_id: string;
  description: string;
  /** What it is to let in; what another endpoint has, where it takes that one's place. */
  controls?: Omit<EndpointControls, "enabled" | "description">;
}

/** Make an address for a connection's webhooks. */
export function useCreateEndpoint() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: async ({ connection_id, description, controls }: Making): Promise<NewEndpoint> => {
      const answer = newEndpoint.parse(await rpc("create_webhook_endpoint", { connection_id, description }));
      if (controls) await changeEndpoint(answer.id, controls);
      const hub = (await loadConfig()).url.replace(/\/$/, "");
      return { id: answer.id, url: `${hub}${answer.path}` };
    },
    onSettled: () => client.invalidateQueries({ queryKey: endpointKeys.all(id) }),
  });
}

/** Change what an endpoint lets in. It holds within seconds. */
export function useChangeEndpoint() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: ({ endpointId, changes }: { endpointId: string; changes: Partial<EndpointControls> }) =>
      changeEndpoint(endpointId, changes),
    onSettled: () => client.invalidateQueries({ queryKey: endpointKeys.all(id) }),
  });
}

function changeEndpoint(endpointId: string, changes: Partial<EndpointControls>) {
  return dataOf(supabase().from("webhook_endpoints").update(changes).eq("id", endpointId).select("id").single());
}

/** What is looked for among the requests that became no event. */
export interface RequestFilters extends Period {
  reason?: string | undefined;
  connection?: string | undefined;
  endpoint?: string | undefined;
  /** Only of these connections; null: of all. */
  connections: readonly string[] | null;
}

/** Requests that were refused or came again, newest first; live. */
export function useTurnedAway(filters: RequestFilters) {
  const { id, time_zone } = useOrganization();
  return useInfiniteQuery({
    queryKey: endpointKeys.requests(id, filters),
    queryFn: ({ pageParam, signal }) => {
      const { reason, connection, endpoint, connections } = filters;
      const conditions: Condition[] = [
        ["organization_id", "eq", id],
        ...isWithin("received_at", spanOf(filters, time_zone)),
      ];
      if (reason) conditions.push(["reason", "eq", reason]);
      if (endpoint) conditions.push(["endpoint_id", "eq", endpoint]);
      if (connection) conditions.push(["connection_id", "eq", connection]);
      else if (connections) conditions.push(isOneOf("connection_id", connections));
      let query = narrow(supabase().from("webhook_requests").select("*"), conditions);
      if (pageParam) query = query.or(below("received_at", pageParam));
      return dataOf(
        query
          .order("received_at", { ascending: false })
          .order("id", { ascending: false })
          .limit(PAGE)
          .abortSignal(signal),
      );
    },
    initialPageParam: null as Cursor | null,
    getNextPageParam: (last) => {
      const oldest = last.at(-1);
      return last.length < PAGE || !oldest ? null : { at: oldest.received_at, id: oldest.id };
    },
    refetchInterval: every(LIST_MS),
  });
}

const schemeSchema = z.object({
  signature_header: z.string(),
  algorithm: z.string(),
  /** Whether the proof covers the body; else the provider is asked back. */
  signs_content: z.boolean(),
  /** The credential with the secret of the signature. */
  signing_credential: z.catch(z.optional(z.nullable(z.string())), null),
  retries: z.string(),
  /** Markdown, with {webhook_url} where the address goes. */
  setup: z.string(),
  events: z.catch(z.array(z.string()), []),
});
export type WebhookScheme = z.infer<typeof schemeSchema>;

/** How each provider that sends webhooks is set up, by its key; it changes only with the hub itself. */
export function useWebhookSchemes() {
  return useQuery({
    queryKey: ["providers", "webhook_schemes"],
    queryFn: async ({ signal }) => {
      const rows = await dataOf(
        supabase()
          .from("integration_providers")
          .select("key, webhook_scheme")
          .not("webhook_scheme", "is", null)
          .abortSignal(signal),
      );
      return new Map(rows.map((row): [string, WebhookScheme] => [row.key, schemeSchema.parse(row.webhook_scheme)]));
    },
    staleTime: Infinity,
  });
}
