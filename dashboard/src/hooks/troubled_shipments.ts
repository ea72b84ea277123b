/** Shipments that need somebody: those in exception, and those that an alert tells of. */
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { dataOf, type Row, supabase } from "@/lib/supabase";
import type { Environment } from "./connections";
import { type Shipment, shipmentKeys } from "./shipments";

const MOST = 200;
const SHOWN =
  "id, reference, status, detail, environment, connection_id, tracking_number, created_at, last_event_at, recipient, destination, failure";

export type Trouble = "exception" | "stalled" | "not_picked_up" | "untracked" | "label_missing" | "outcome_unknown";

type TroubledRow = Pick<
  Shipment,
  | "id"
  | "reference"
  | "status"
  | "detail"
  | "environment"
  | "connection_id"
  | "tracking_number"
  | "created_at"
  | "last_event_at"
  | "recipient"
  | "destination"
  | "failure"
>;
type ShipmentAlert = Pick<Row<"alerts">, "id" | "kind" | "detail" | "first_seen_at" | "severity">;

export interface TroubledShipment extends TroubledRow {
  trouble: Trouble;
  /** Since when; the last word of the carrier where no alert says it. */
  since: string;
}

/** Those that need somebody, the longest waiting first; live. At most two hundred of either kind. */
export function useTroubledShipments(environment: Environment | null) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: shipmentKeys.troubled(id, environment),
    queryFn: async ({ signal }): Promise<TroubledShipment[]> => {
      const alerts = await dataOf(
        supabase()
          .from("alerts")
          .select("id, kind, detail, first_seen_at, severity")
          .eq("organization_id", id)
          .neq("status", "resolved")
          .like("kind", "shipment.%")
          .order("first_seen_at")
          .limit(MOST)
          .abortSignal(signal),
      );
      const named = [...new Set(alerts.flatMap((alert) => shipmentOf(alert) ?? []))];
      let query = supabase().from("shipments").select(SHOWN).eq("organization_id", id);
      if (environment) query = query.eq("environment", environment);
      query =
        named.length > 0 ? query.or(`status.eq.exception,id.in.(${named.join(",")})`) : query.eq("status", "exception");
      const shipments = await dataOf(query.order("last_event_at").limit(MOST).abortSignal(signal));
      return troubled(shipments, alerts);
    },
    refetchInterval: every(LIST_MS),
  });
}

/** Each shipment once, with its worst trouble, the longest waiting first. */
export function troubled(shipments: readonly TroubledRow[], alerts: readonly ShipmentAlert[]): TroubledShipment[] {
  const byShipment = Map.groupBy(alerts, shipmentOf);
  return shipments
    .map((shipment) => {
      const told = (byShipment.get(shipment.id) ?? []).map((alert) => ({ alert, trouble: troubleOf(alert.kind) }));
      const worst = TROUBLES.find(
        (trouble) =>
          (trouble === "exception" && shipment.status === "exception") || told.some((each) => each.trouble === trouble),
      );
      const trouble = worst ?? "stalled";
      const since =
        told.find((each) => each.trouble === trouble)?.alert.first_seen_at ??
        shipment.last_event_at ??
        shipment.created_at;
      return { ...shipment, trouble, since };
    })
    .sort((one, other) => one.since.localeCompare(other.since));
}

/** The worst first. */
const TROUBLES: readonly Trouble[] = [
  "outcome_unknown",
  "exception",
  "label_missing",
  "stalled",
  "untracked",
  "not_picked_up",
];

function troubleOf(kind: string): Trouble {
  const name = kind.replace("shipment.", "");
  return TROUBLES.find((trouble) => trouble === name) ?? "stalled";
}

function shipmentOf(alert: ShipmentAlert): string | undefined {
  const { shipment_id: found } = alert.detail as { shipment_id?: unknown };
  return typeof found === "string" ? found : undefined;
}
