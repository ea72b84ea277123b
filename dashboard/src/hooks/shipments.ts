/** Shipments: the list, one of them with its events and papers, and those that need somebody. */
import { type QueryClient, useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { startOfDay } from "@/lib/format";
import { every, LIST_MS } from "@/lib/live";
import { dataOf, type Enum, type Row, supabase, type WholeRow } from "@/lib/supabase";
import type { Environment } from "./connections";
import { afterCursor, PAGE_SIZE, useCursorPages } from "./cursor_pages";

export type Shipment = WholeRow<"shipments">;
export type ShipmentStatus = Enum<"shipment_status">;
export type ShipmentEvent = Row<"shipment_events">;
export type ShipmentDocument = Row<"shipment_documents">;

/** Between a label and the door. */
export const UNDER_WAY = ["created", "picked_up", "in_transit", "out_for_delivery", "exception"] as const;
export const STATUSES: readonly ShipmentStatus[] = [
  "pending",
  ...UNDER_WAY,
  "delivered",
  "returned",
  "cancelled",
  "failed",
];

const LISTED =
  "id, reference, status, detail, environment, connection_id, service, level, destination, tracking_number, cost, cost_currency, cash_on_delivery_amount, currency, return_of, created_at, last_event_at, estimated_delivery_at, recipient";

/** What a line of a list shows. */
export type ListedShipment = Pick<
  Shipment,
  | "id"
  | "reference"
  | "status"
  | "detail"
  | "environment"
  | "connection_id"
  | "service"
  | "level"
  | "destination"
  | "tracking_number"
  | "cost"
  | "cost_currency"
  | "cash_on_delivery_amount"
  | "currency"
  | "return_of"
  | "created_at"
  | "last_event_at"
  | "estimated_delivery_at"
  | "recipient"
>;

export interface ShipmentFilters {
  /** One of `STATUSES`, or `under_way`; anything else: all. */
  status?: string | undefined;
  connection?: string | undefined;
  /** The beginning of a reference, or a whole tracking number. */
  q?: string | undefined;
  /** Days in the organization's time zone, such as 2026-11-30; both are included. */
  since?: string | undefined;
  until?: string | undefined;
  environment: Environment | null;
}

export const shipmentKeys = {
  all: (organizationId: string) => ["shipments", organizationId] as const,
  list: (organizationId: string, filters: ShipmentFilters) =>
    [...shipmentKeys.all(organizationId), "list", filters] as const,
  one: (organizationId: string, id: string) => [...shipmentKeys.all(organizationId), "one", id] as const,
  troubled: (organizationId: string, environment: Environment | null) =>
    [...shipmentKeys.all(organizationId), "troubled", environment] as const,
};

/** Read again whatever shows shipments. */
export function shipmentsChanged(client: QueryClient, organizationId: string): Promise<void> {
  return client.invalidateQueries({ queryKey: shipmentKeys.all(organizationId) });
}

/** Shipments that fit, newest first, page by page; live. */
export function useShipments(filters: ShipmentFilters) {
  const { id, time_zone } = useOrganization();
  return useCursorPages<ListedShipment>({
    queryKey: shipmentKeys.list(id, filters),
    at: (shipment) => shipment.created_at,
    fetchPage: (cursor, signal) => {
      let query = supabase().from("shipments").select(LISTED).eq("organization_id", id);
      const statuses = statusesOf(filters.status);
      if (statuses) query = query.in("status", statuses);
      if (filters.connection) query = query.eq("connection_id", filters.connection);
      if (filters.environment) query = query.eq("environment", filters.environment);
      if (filters.q?.trim()) query = query.or(findingNumber(filters.q.trim()));
      const since = dayStart(filters.since, time_zone);
      const until = dayStart(filters.until, time_zone, 1);
      if (since) query = query.gte("created_at", since.toISOString());
      if (until) query = query.lt("created_at", until.toISOString());
      if (cursor) query = query.or(afterCursor("created_at", cursor));
      return dataOf(
        query
          .order("created_at", { ascending: false })
          .order("id", { ascending: false })
          .limit(PAGE_SIZE)
          .abortSignal(signal),
      );
    },
  });
}

/** The statuses that a filter of the address stands for; null: all. */
export function statusesOf(status: string | undefined): readonly ShipmentStatus[] | null {
  if (status === "under_way") return UNDER_WAY;
  const known = STATUSES.find((each) => each === status);
  return known ? [known] : null;
}

/** PostgREST's words for: the reference begins so, or a parcel has that tracking number. */
export function findingNumber(text: string): string {
  const quoted = (value: string) => `"${value.replace(/[\\"]/g, "\\$&")}"`;
  const literal = text.replace(/[\\%_]/g, "\\$&");
  const conditions = [`reference.ilike.${quoted(`${literal}%`)}`, `tracking_number.eq.${quoted(text)}`];
  if (/^[\w-]+$/.test(text)) conditions.push(`parcel_tracking_numbers.cs.{${text}}`);
  return conditions.join(",");
}

const DAY = /^\d{4}-\d\d-\d\d$/;

/** When a day begins in a time zone, or the one that is `plus` days later; null: it is no day. */
export function dayStart(day: string | undefined, timeZone: string, plus = 0): Date | null {
  if (!day || !DAY.test(day)) return null;
  const noon = new Date(`${day}T12:00:00Z`);
  return Number.isNaN(noon.getTime()) ? null : startOfDay(timeZone, -plus, noon);
}

/** One shipment with who sends and receives it; live. */
export function useShipment(shipmentId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: shipmentKeys.one(id, shipmentId),
    queryFn: ({ signal }): Promise<Shipment> =>
      dataOf(
        supabase()
          .from("shipments")
          .select("*, sender, recipient, instructions, signed_by")
          .eq("organization_id", id)
          .eq("id", shipmentId)
          .abortSignal(signal)
          .single(),
      ),
    refetchInterval: every(LIST_MS),
  });
}

/** What happened to a shipment, the oldest first; live. */
export function useShipmentEvents(shipmentId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...shipmentKeys.one(id, shipmentId), "events"],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("shipment_events")
          .select("*")
          .eq("organization_id", id)
          .eq("shipment_id", shipmentId)
          .order("occurred_at")
          .order("id")
          .abortSignal(signal),
      ),
    refetchInterval: every(LIST_MS),
  });
}

/** The operation that makes a shipment; why nobody knows how it ended, where that is so. */
export function useMaking(shipmentId: string, wanted: boolean) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...shipmentKeys.one(id, shipmentId), "making"],
    enabled: wanted,
    queryFn: async ({ signal }) => {
      const rows = await dataOf(
        supabase()
          .from("operations")
          .select("id, status, error")
          .eq("organization_id", id)
          .eq("subject_id", shipmentId)
          .eq("kind", "shipment.create")
          .limit(1)
          .abortSignal(signal),
      );
      return rows[0] ?? null;
    },
    refetchInterval: every(LIST_MS),
  });
}

/** Labels and papers of a shipment or of a manifest, the first one first; live. */
export function useDocuments(of: "shipment_id" | "manifest_id", subjectId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...shipmentKeys.one(id, subjectId), "documents"],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("shipment_documents")
          .select("*")
          .eq("organization_id", id)
          .eq(of, subjectId)
          .order("created_at")
          .order("id")
          .abortSignal(signal),
      ),
    refetchInterval: every(LIST_MS),
  });
}
