/** Operations: what workers were asked to do, and how it went. */
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS, WAITING_MS } from "@/lib/live";
import { Problem } from "@/lib/problem";
import { dataOf, type Row, supabase } from "@/lib/supabase";

export type Operation = Row<"operations">;

export const operationKeys = {
  all: (organizationId: string) => ["operations", organizationId] as const,
  recent: (organizationId: string, most: number) => [...operationKeys.all(organizationId), "recent", most] as const,
};

/** The last ones, newest first; live. */
export function useRecentOperations(most: number) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: operationKeys.recent(id, most),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("operations")
          .select("id, kind, status, subject_type, subject_id, connection_id, created_at, finished_at")
          .eq("organization_id", id)
          .order("created_at", { ascending: false })
          .limit(most)
          .abortSignal(signal),
      ),
    refetchInterval: every(LIST_MS),
  });
}

const PATIENCE_MS = 30_000;

/** Wait until an operation has succeeded; throws a `Problem` when it failed, or is not done within half a minute. */
export async function finished(operation: Operation): Promise<Operation> {
  const seen = await settled(operation);
  if (seen.status !== "succeeded") throw failureOf(seen);
  return seen;
}

/** Wait until nothing more will happen by itself, however it ended; throws a `Problem` after half a minute. */
export async function settled(operation: Operation): Promise<Operation> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let seen = operation; ; seen = await fetchOperation(operation.id)) {
    if (seen.status !== "pending") return seen;
    if (Date.now() > deadline) throw new Problem("network", "There is no answer yet.", "wait_timeout");
    await new Promise((resolve) => setTimeout(resolve, WAITING_MS));
  }
}

/** The operation that a call with this idempotency key began, once it has succeeded; throws as `finished` does. */
export async function finishedCall(organizationId: string, idempotencyKey: string): Promise<Operation> {
  return finished(
    await dataOf(
      supabase()
        .from("operations")
        .select("*")
        .eq("organization_id", organizationId)
        .eq("idempotency_key", idempotencyKey)
        .single(),
    ),
  );
}

/** One operation as it is now. */
export function fetchOperation(id: string): Promise<Operation> {
  return dataOf(supabase().from("operations").select("*").eq("id", id).single());
}

/** Wait as `finished` does for the newest operation of a kind about something, such as `comment.hide` about a comment. */
export async function finishedAbout(subjectId: string, kind: string): Promise<Operation> {
  const operation = await dataOf(
    supabase()
      .from("operations")
      .select("*")
      .eq("subject_id", subjectId)
      .eq("kind", kind)
      .order("created_at", { ascending: false })
      .limit(1)
      .single(),
  );
  return finished(operation);
}

/** The error of an operation that did not succeed, as a `Problem`. */
export function failureOf({ error, status }: Operation): Problem {
  const told = (error ?? {}) as { code?: string; message?: string; field?: string };
  return new Problem("invalid", told.message ?? `The operation is ${status}.`, told.code ?? status, told.field ?? null);
}

/** One operation, looked at again quickly until it is done. `id` null: none. */
export function useOperation(id: string | null) {
  const { id: organizationId } = useOrganization();
  return useQuery({
    queryKey: [...operationKeys.all(organizationId), "one", id],
    queryFn: () => fetchOperation(id ?? ""),
    enabled: id !== null,
    refetchInterval: (query) => (query.state.data?.status === "pending" ? every(WAITING_MS)(query) : false),
  });
}
