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
  const deadline = Date.now() + PATIENCE_MS;
  for (let seen = operation; ; seen = await fetchOperation(operation.id)) {
    if (seen.status === "succeeded") return seen;
    if (seen.status !== "pending") throw failureOf(seen);
    if (Date.now() > deadline) throw new Problem("network", "There is no answer yet.", "wait_timeout");
    await new Promise((resolve) => setTimeout(resolve, WAITING_MS));
  }
}

function fetchOperation(id: string): Promise<Operation> {
  return dataOf(supabase().from("operations").select("*").eq("id", id).single());
}

/** The error of an operation that did not succeed, as a `Problem`. */
export function failureOf({ error, status }: Operation): Problem {
  const told = (error ?? {}) as { code?: string; message?: string; field?: string };
  return new Problem("invalid", told.message ?? `The operation is ${status}.`, told.code ?? status, told.field ?? null);
}
