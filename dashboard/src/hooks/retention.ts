/** For how long data of each class is kept, what holds it, and what went. */
import { useQuery } from "@tanstack/react-query";
import { z } from "zod/mini";
import { useOrganization } from "@/app/organization";
import { every, FIGURES_MS } from "@/lib/live";
import { dataOf, type Row, rpc, supabase } from "@/lib/supabase";
import { useChange } from "./change";

/** A count that says no more than "so many or more". */
export const COUNTED_TO = 10_001;
export const MOST_DAYS = 36_500;
const DAY_MS = 86_400_000;
export const RUN_DAYS = 90;

export const retentionKeys = {
  all: (organizationId: string) => ["retention", organizationId] as const,
};

const classSchema = z.object({
  data_class: z.string(),
  title: z.string(),
  keep_days: z.nullable(z.number()),
  default_days: z.nullable(z.number()),
  floor_days: z.number(),
  basis: z.string(),
  held: z.boolean(),
  tables: z.catch(z.array(z.string()), []),
});
/** `keep_days` null: until somebody says otherwise. */
export type DataClass = z.infer<typeof classSchema>;

export function useRetentionPlan() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...retentionKeys.all(id), "plan"],
    queryFn: async ({ signal }) =>
      z.array(classSchema).parse(await rpc("retention_plan", { organization_id: id }, signal)),
  });
}

/** How many rows of each table the next run would erase: as things stand, or of one class were it kept so many days. */
export function useRetentionPreview(what: { dataClass: string; keepDays: number } | null, enabled = true) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...retentionKeys.all(id), "preview", what],
    queryFn: ({ signal }) =>
      rpc(
        "preview_retention",
        { organization_id: id, ...(what && { data_class: what.dataClass, keep_days: what.keepDays }) },
        signal,
      ),
    enabled,
  });
}

/** Say for how many days data of a class is kept. */
export function useSetRetention() {
  const { id } = useOrganization();
  return useChange(retentionKeys.all(id), (args: { data_class: string; keep_days: number }) =>
    rpc("set_retention", { ...args, organization_id: id }),
  );
}

/** What goes at the next run is older than this. */
export function cutOff(keepDays: number, now: Date): Date {
  return new Date(now.getTime() - keepDays * DAY_MS);
}

/** Whether a class may be kept so many days: what a law wants kept is not erased before. */
export function isKeepable(days: number, { floor_days }: Pick<DataClass, "floor_days">): boolean {
  return Number.isInteger(days) && days >= Math.max(floor_days, 1) && days <= MOST_DAYS;
}

export type LegalHold = Row<"legal_holds">;

/** All holds, newest first. */
export function useLegalHolds() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...retentionKeys.all(id), "holds"],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("legal_holds")
          .select("*")
          .eq("organization_id", id)
          .order("created_at", { ascending: false })
          .abortSignal(signal),
      ),
    refetchInterval: every(FIGURES_MS),
  });
}

/** Whether a hold stands. */
export function stands({ ends_at }: Pick<LegalHold, "ends_at">, now: Date): boolean {
  return ends_at === null || new Date(ends_at) > now;
}

/** Keep all of a class until the hold ends or is lifted. */
export function useHold() {
  const { id } = useOrganization();
  return useChange(retentionKeys.all(id), (hold: Pick<LegalHold, "data_class" | "reason" | "ends_at">) =>
    dataOf(
      supabase()
        .from("legal_holds")
        .insert({ ...hold, organization_id: id })
        .select("id")
        .single(),
    ),
  );
}

export function useLiftHold() {
  const { id } = useOrganization();
  return useChange(retentionKeys.all(id), (holdId: string) =>
    dataOf(supabase().from("legal_holds").delete().eq("id", holdId).select("id").single()),
  );
}

/** What was erased in the last days because its time was over, newest first. */
export function useRetentionRuns() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...retentionKeys.all(id), "runs"],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("retention_runs")
          .select("day, table_name, data_class, rows")
          .eq("organization_id", id)
          .gte("day", new Date(Date.now() - RUN_DAYS * DAY_MS).toISOString().slice(0, 10))
          .order("day", { ascending: false })
          .order("table_name")
          .abortSignal(signal),
      ),
    refetchInterval: every(FIGURES_MS),
  });
}
