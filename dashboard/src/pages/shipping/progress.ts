/** How far a parcel has come: five steps, and what stands in its way. */
import type { Shipment, ShipmentEvent } from "@/hooks/shipments";

export const STEPS = ["created", "picked_up", "in_transit", "out_for_delivery", "delivered"] as const;
export type StepName = (typeof STEPS)[number];

export interface Step {
  name: StepName;
  /** When it was first reached; null: nobody said. */
  at: string | null;
  state: "done" | "current" | "ahead";
}

export interface Progress {
  steps: Step[];
  /** Why it does not go on: an exception, or an end other than the door. */
  halted: "exception" | "returned" | "cancelled" | "failed" | null;
  /** Exceptions of its way, the oldest first, those that are over included. */
  exceptions: Pick<ShipmentEvent, "id" | "occurred_at" | "detail">[];
}

type Standing = Pick<Shipment, "status" | "created_at" | "delivered_at">;
type Happening = Pick<ShipmentEvent, "id" | "occurred_at" | "status" | "detail">;

/** The steps of a shipment, from where it stands and its events, the oldest first. A step that nobody reported is done once a later one is. */
export function progressOf(shipment: Standing, events: readonly Happening[]): Progress {
  const firstAt = new Map<string, string>();
  for (const { status, occurred_at } of events) {
    if (status && !firstAt.has(status)) firstAt.set(status, occurred_at);
  }
  const hasLabel = shipment.status !== "pending" && shipment.status !== "failed";
  if (hasLabel) firstAt.set("created", shipment.created_at);
  if (shipment.status === "delivered" && shipment.delivered_at) firstAt.set("delivered", shipment.delivered_at);
  const standing = STEPS.findIndex((name) => name === shipment.status);
  // Where it stands decides; only of a halted one do the events say how far it came.
  const reached = standing >= 0 ? standing : STEPS.findLastIndex((name) => firstAt.has(name));
  const over = shipment.status === "delivered" || haltOf(shipment.status) !== null;
  return {
    steps: STEPS.map((name, place) => ({
      name,
      at: place <= reached ? (firstAt.get(name) ?? null) : null,
      state: place > reached ? "ahead" : place === reached && !over ? "current" : "done",
    })),
    halted: haltOf(shipment.status),
    exceptions: events.filter(({ status }) => status === "exception"),
  };
}

function haltOf(status: Shipment["status"]): Progress["halted"] {
  return status === "exception" || status === "returned" || status === "cancelled" || status === "failed"
    ? status
    : null;
}
