/** What a connection's endpoints were sent lately: events that were taken, and requests that became none. */
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { dataOf, type Row, supabase } from "@/lib/supabase";

export type Endpoint = Pick<
  Row<"webhook_endpoints">,
  "id" | "token_hint" | "description" | "enabled" | "record_only" | "received_count" | "refused_count"
>;

/** One request of a provider's, as the hub saw it. */
export interface Arrival {
  id: string;
  at: string;
  /** The provider's name of what happened; unknown of what was refused. */
  type: string | null;
  verified: boolean | null;
  /** `processed`, `duplicate`, `refused` …, in the hub's words. */
  state: string;
  /** Why it became no event, or what went wrong. */
  reason: string | null;
  /** What it meant in the hub's words, such as payment.succeeded. */
  meanings: readonly string[];
  /** What its sender was answered; null: that it was taken. */
  httpStatus: number | null;
  /** From its arrival to the end of its processing. */
  tookMs: number | null;
}

const MOST = 25;

/** The connection's endpoints, oldest first. */
export function useEndpoints(connectionId: string | null) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["webhook endpoints of", id, connectionId],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("webhook_endpoints")
          .select("id, token_hint, description, enabled, record_only, received_count, refused_count")
          .eq("organization_id", id)
          .eq("connection_id", connectionId ?? "")
          .order("created_at")
          .abortSignal(signal),
      ),
    enabled: connectionId !== null,
    refetchInterval: every(LIST_MS),
  });
}

/** What arrived, newest first; looked at every `everyMs` milliseconds. */
export function useArrivals(connectionId: string | null, everyMs: number) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["webhook arrivals", id, connectionId],
    queryFn: ({ signal }) => fetchArrivals(id, connectionId ?? "", signal),
    enabled: connectionId !== null,
    refetchInterval: every(everyMs),
  });
}

async function fetchArrivals(organizationId: string, connectionId: string, signal: AbortSignal): Promise<Arrival[]> {
  const [events, requests] = await Promise.all([
    dataOf(
      supabase()
        .from("webhook_events")
        .select("id, received_at, event_type, verified, status, canonical_types, error, processed_at")
        .eq("organization_id", organizationId)
        .eq("connection_id", connectionId)
        .order("received_at", { ascending: false })
        .limit(MOST)
        .abortSignal(signal),
    ),
    dataOf(
      supabase()
        .from("webhook_requests")
        .select("id, received_at, reason, http_status, verified")
        .eq("organization_id", organizationId)
        .eq("connection_id", connectionId)
        .order("received_at", { ascending: false })
        .limit(MOST)
        .abortSignal(signal),
    ),
  ]);
  const taken = events.map((event): Arrival => ({
    id: event.id,
    at: event.received_at,
    type: event.event_type,
    verified: event.verified,
    state: event.status,
    reason: (event.error as { message?: string } | null)?.message ?? null,
    meanings: event.canonical_types,
    httpStatus: null,
    tookMs: event.processed_at === null ? null : Date.parse(event.processed_at) - Date.parse(event.received_at),
  }));
  const others = requests.map((request): Arrival => ({
    id: request.id,
    at: request.received_at,
    type: null,
    verified: request.verified,
    state: request.reason === "duplicate" ? "duplicate" : "refused",
    reason: request.reason === "duplicate" ? null : request.reason,
    meanings: [],
    httpStatus: request.http_status,
    tookMs: null,
  }));
  return [...taken, ...others].sort((one, other) => Date.parse(other.at) - Date.parse(one.at)).slice(0, MOST);
}
