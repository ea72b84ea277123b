/** What is done to shipments: bought, tracked, cancelled, sent back, told of; and links to their papers. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { Problem } from "@/lib/problem";
import { type Arguments, dataOf, rpc, supabase } from "@/lib/supabase";
import { finished } from "./operations";
import { shipmentsChanged } from "./shipments";

/** Where a file can be had for a while. */
export interface DocumentLink {
  url: string;
  expires_at: string;
}

/** Wait until the call with this key has been carried out; throws a `Problem` when it failed. */
export async function callFinished(organizationId: string, idempotencyKey: string): Promise<void> {
  const operations = await dataOf(
    supabase()
      .from("operations")
      .select("*")
      .eq("organization_id", organizationId)
      .eq("idempotency_key", idempotencyKey)
      .limit(1),
  );
  if (operations[0]) await finished(operations[0]);
}

function useShipmentMutation<A, R>(mutationFn: (args: A, organizationId: string) => Promise<R>) {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: (args: A) => mutationFn(args, id),
    // Also after a failure: the shipment may have become something else meanwhile.
    onSettled: () => shipmentsChanged(client, id),
  });
}

/** Buy a label, and wait for the carrier's answer; the shipment as it began. `idempotency_key`: one for each intent. */
export function useBuyLabel() {
  return useShipmentMutation(
    async (args: Omit<Arguments<"create_shipment">, "organization_id"> & { idempotency_key: string }, organization) => {
      const shipment = await rpc("create_shipment", { ...args, organization_id: organization });
      await callFinished(organization, args.idempotency_key);
      return shipment;
    },
  );
}

/** Buy a label that brings the goods back, and wait for the carrier's answer; the new shipment as it began. */
export function useReturnShipment() {
  return useShipmentMutation(async (args: Arguments<"return_shipment"> & { idempotency_key: string }, organization) => {
    const shipment = await rpc("return_shipment", args);
    await callFinished(organization, args.idempotency_key);
    return shipment;
  });
}

/** Give a shipment up before it is picked up, and wait until the carrier knows. */
export function useCancelShipment() {
  return useShipmentMutation(async (args: Arguments<"cancel_shipment"> & { idempotency_key: string }, organization) => {
    const shipment = await rpc("cancel_shipment", args);
    if (shipment.status !== "cancelled") await callFinished(organization, args.idempotency_key);
  });
}

/** Have the carrier asked now; at most once a minute. */
export function useTrackShipment() {
  return useShipmentMutation((args: Arguments<"track_shipment">) => rpc("track_shipment", args));
}

/** Say what has happened to a shipment whose carrier tells nothing. */
export function useRecordEvent() {
  return useShipmentMutation((args: Arguments<"record_shipment_event">) => rpc("record_shipment_event", args));
}

/** Say what became of a label whose carrier never answered; for admins. */
export function useResolveShipment() {
  return useShipmentMutation((args: Arguments<"resolve_shipment">) => rpc("resolve_shipment", args));
}

/** Ask the carrier who took it; its papers are among the shipment's documents then. */
export function useProveDelivery() {
  return useShipmentMutation(async (args: Arguments<"prove_delivery">) => finished(await rpc("prove_delivery", args)));
}

/** A link to one document. */
export async function linkDocument(documentId: string): Promise<DocumentLink> {
  return linkOf(await finished(await rpc("link_document", { document_id: documentId })));
}

/** A link to the labels of up to a hundred shipments in one file, in their order. */
export async function linkLabels(shipmentIds: string[]): Promise<DocumentLink> {
  return linkOf(await finished(await rpc("print_labels", { shipment_ids: shipmentIds })));
}

function linkOf({ result }: { result: unknown }): DocumentLink {
  const { url, expires_at } = (result ?? {}) as { url?: unknown; expires_at?: unknown };
  if (typeof url !== "string" || typeof expires_at !== "string")
    throw new Problem("server", "The hub gave no link to the file.", "no_link");
  return { url, expires_at };
}
