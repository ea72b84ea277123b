/** Streams: what is read from outside, how far that has come, and each reading. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { type Arguments, dataOf, type Row, rpc, supabase } from "@/lib/supabase";

export type Stream = Row<"sync_streams">;
export type SyncRun = Row<"sync_runs">;

export const streamKeys = {
  all: (organizationId: string) => ["streams", organizationId] as const,
  list: (organizationId: string) => [...streamKeys.all(organizationId), "list"] as const,
  runs: (organizationId: string, streamId: string) => [...streamKeys.all(organizationId), "runs", streamId] as const,
};

const READING_MS = 2_000;
const RUNS_SHOWN = 30;
/** What is due for longer waits for something else, such as a connection that is to become active. */
const SOON_MS = 60_000;

/** The streams of all connections, by the connection's id; live, and livelier while one is read. */
export function useStreams() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: streamKeys.list(id),
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, Stream[]>> => {
      const rows = await dataOf(
        supabase().from("sync_streams").select("*").eq("organization_id", id).order("stream").abortSignal(signal),
      );
      return Map.groupBy(rows, (row) => row.connection_id);
    },
    refetchInterval: (query) =>
      [...(query.state.data?.values() ?? [])].flat().some(isAtWork) ? READING_MS : every(LIST_MS)(query),
  });
}

/** Whether it is being read, or is about to be. */
export function isAtWork({ status, enabled, next_run_at }: Stream): boolean {
  const waited = Date.now() - Date.parse(next_run_at);
  return status === "running" || (enabled && waited >= 0 && waited < SOON_MS);
}

/** A stream's last readings, newest first; live. */
export function useSyncRuns(streamId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: streamKeys.runs(id, streamId),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("sync_runs")
          .select("*")
          .eq("organization_id", id)
          .eq("stream_id", streamId)
          .order("started_at", { ascending: false })
          .limit(RUNS_SHOWN)
          .abortSignal(signal),
      ),
    refetchInterval: every(LIST_MS),
  });
}

function useChange<A>(mutationFn: (args: A) => Promise<unknown>) {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: streamKeys.all(id) }) });
}

/** Have a stream read now; `full`: everything, so that what is gone there goes here too. */
export function useRunSync() {
  return useChange((args: Arguments<"run_sync">) => rpc("run_sync", args));
}

/** Forget how far a stream has been read. */
export function useResetSync() {
  return useChange((args: Arguments<"reset_sync">) => rpc("reset_sync", args));
}

/** Say whether and how often a stream is read. */
export function useSetSync() {
  return useChange((args: Arguments<"set_sync">) => rpc("set_sync", args));
}
