/** Maintenance windows: times in which alerts are recorded and nobody is told. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, FIGURES_MS } from "@/lib/live";
import { dataOf, type Row, supabase } from "@/lib/supabase";

export type MaintenanceWindow = Row<"maintenance_windows">;

/** Once: `starts_at` and `ends_at`; weekly: the others. */
export type NewWindow = Pick<
  MaintenanceWindow,
  "name" | "connection_id" | "starts_at" | "ends_at" | "weekdays" | "start_time" | "duration_minutes"
>;

export const maintenanceKeys = { all: (organizationId: string) => ["maintenance", organizationId] as const };

/** Windows, newest first, past ones too. */
export function useMaintenance() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: maintenanceKeys.all(id),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("maintenance_windows")
          .select("*, connection:integration_connections(name)")
          .eq("organization_id", id)
          .order("created_at", { ascending: false })
          .order("id", { ascending: false })
          .limit(200)
          .abortSignal(signal),
      ),
    refetchInterval: every(FIGURES_MS),
  });
}

export function useCreateWindow() {
  const { id } = useOrganization();
  return useChange((window: NewWindow) =>
    dataOf(
      supabase()
        .from("maintenance_windows")
        .insert({ ...window, organization_id: id })
        .select()
        .single(),
    ),
  );
}

export function useSwitchWindow() {
  return useChange(({ id, enabled }: { id: string; enabled: boolean }) =>
    dataOf(supabase().from("maintenance_windows").update({ enabled }).eq("id", id).select().single()),
  );
}

export function useDeleteWindow() {
  return useChange((id: string) =>
    dataOf(supabase().from("maintenance_windows").delete().eq("id", id).select().single()),
  );
}

function useChange<A, R>(mutationFn: (args: A) => Promise<R>) {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: maintenanceKeys.all(id) }) });
}

/** Whether a window is of the past: it was once, and is over. */
export function isPast({ ends_at }: Pick<MaintenanceWindow, "ends_at">, now: Date): boolean {
  return ends_at !== null && new Date(ends_at) <= now;
}
