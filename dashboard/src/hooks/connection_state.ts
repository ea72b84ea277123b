/** One word for how a connection is: what keeps it from use goes before its health. */
import type { Connection } from "./connections";

type Known = Pick<Connection, "status" | "health_state">;

export function stateOf({ status, health_state }: Known): string {
  return status === "active" ? health_state : status;
}

const BAD = ["needs_attention", "down", "degraded"];

/** Whether somebody should look. */
export function inTrouble(connection: Known): boolean {
  return BAD.includes(stateOf(connection));
}

const ORDER = ["needs_attention", "down", "degraded", "pending", "unknown", "up", "paused"];

/** What needs somebody stands first; else the order stays. */
export function worstFirst<C extends Known>(connections: readonly C[]): C[] {
  return connections.toSorted((a, b) => ORDER.indexOf(stateOf(a)) - ORDER.indexOf(stateOf(b)));
}
