/** How far a run is. */
import type { Operation } from "@/hooks/operations";
import type { Run } from "@/hooks/test_runs";

/** Log lines are written in batches: they follow what they tell of by so much at most. */
const LOGS_FOLLOW_MS = 5_000;
/** How long calls are looked for of what is done beside all operations. */
const LOOK_FOR_MS = 30_000;

/** From when it was asked for to its end, in milliseconds; null: it has none yet. */
export function tookMs(operation: Pick<Operation, "created_at" | "finished_at">): number | null {
  if (operation.finished_at === null) return null;
  return Math.max(0, Date.parse(operation.finished_at) - Date.parse(operation.created_at));
}

/** Whether more of its calls may be heard of. */
export function isLive(
  run: Pick<Run, "startedAt"> | null,
  operation: Pick<Operation, "finished_at"> | null,
  now: number = Date.now(),
): boolean {
  if (operation) return operation.finished_at === null || now - Date.parse(operation.finished_at) < LOGS_FOLLOW_MS;
  return run !== null && now - Date.parse(run.startedAt) < LOOK_FOR_MS;
}
