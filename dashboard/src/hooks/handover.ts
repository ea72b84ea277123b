/** Handing parcels over: what waits for a driver, drivers that are sent for, and the lists that they sign. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { type Arguments, dataOf, type Row, rpc, supabase } from "@/lib/supabase";
import type { Environment } from "./connections";
import { afterCursor, PAGE_SIZE, useCursorPages } from "./cursor_pages";
import { callFinished } from "./shipment_actions";
import { shipmentsChanged } from "./shipments";

export type Pickup = Row<"pickups">;
export type Manifest = Row<"shipping_manifests">;

const MOST_WAITING = 500;

export const handoverKeys = {
  all: (organizationId: string) => ["handover", organizationId] as const,
  pickups: (organizationId: string, environment: Environment | null) =>
    [...handoverKeys.all(organizationId), "pickups", environment] as const,
  manifests: (organizationId: string, environment: Environment | null) =>
    [...handoverKeys.all(organizationId), "manifests", environment] as const,
  waiting: (organizationId: string, environment: Environment | null) =>
    [...handoverKeys.all(organizationId), "waiting", environment] as const,
};

/** Drivers that were sent for, newest first; live. */
export function usePickups(environment: Environment | null) {
  const { id } = useOrganization();
  return useCursorPages<Pickup>({
    queryKey: handoverKeys.pickups(id, environment),
    at: (row) => row.created_at,
    fetchPage: (cursor, signal) => {
      let query = supabase().from("pickups").select("*").eq("organization_id", id);
      if (environment) query = query.eq("environment", environment);
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

/** Lists of what was handed over, newest first; live. */
export function useManifests(environment: Environment | null) {
  const { id } = useOrganization();
  return useCursorPages<Manifest>({
    queryKey: handoverKeys.manifests(id, environment),
    at: (row) => row.created_at,
    fetchPage: (cursor, signal) => {
      let query = supabase().from("shipping_manifests").select("*").eq("organization_id", id);
      if (environment) query = query.eq("environment", environment);
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

/** Shipments that have a label and wait for a driver, the oldest first, at most five hundred; live. */
export function useWaitingShipments(environment: Environment | null) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: handoverKeys.waiting(id, environment),
    queryFn: ({ signal }) => {
      let query = supabase()
        .from("shipments")
        .select(
          "id, reference, connection_id, tracking_number, manifest_id, pickup_id, label_format, destination, parcels, created_at",
        )
        .eq("organization_id", id)
        .eq("status", "created");
      if (environment) query = query.eq("environment", environment);
      return dataOf(query.order("created_at").order("id").limit(MOST_WAITING).abortSignal(signal));
    },
    refetchInterval: every(LIST_MS),
  });
}

export type WaitingShipment = NonNullable<ReturnType<typeof useWaitingShipments>["data"]>[number];

function useHandoverMutation<A, R>(mutationFn: (args: A, organizationId: string) => Promise<R>) {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: (args: A) => mutationFn(args, id),
    onSettled: () =>
      Promise.all([client.invalidateQueries({ queryKey: handoverKeys.all(id) }), shipmentsChanged(client, id)]),
  });
}

/** Send for a carrier's driver, and wait for the carrier's answer. */
export function useSchedulePickup() {
  return useHandoverMutation(async (args: Arguments<"schedule_pickup"> & { idempotency_key: string }, organization) => {
    const pickup = await rpc("schedule_pickup", args);
    await callFinished(organization, args.idempotency_key);
    return pickup;
  });
}

/** Call a driver off. */
export function useCancelPickup() {
  return useHandoverMutation((args: Arguments<"cancel_pickup">) => rpc("cancel_pickup", args));
}

/** List what is handed to a carrier's driver: all that is on no list yet. */
export function useCloseManifest() {
  return useHandoverMutation((args: Arguments<"close_manifest">) => rpc("close_manifest", args));
}
