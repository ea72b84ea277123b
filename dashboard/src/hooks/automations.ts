/** Automations: when this happens and these conditions hold, do that; their runs and steps. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { type Arguments, dataOf, type Row, rpc, supabase } from "@/lib/supabase";
import type { Environment } from "./connections";
import { afterCursor, type Cursor, nextCursor, PAGE_SIZE } from "./cursor_pages";
import { finished } from "./operations";

export const OPERATORS = [
  "eq",
  "ne",
  "gt",
  "gte",
  "lt",
  "lte",
  "in",
  "not_in",
  "contains",
  "starts_with",
  "exists",
  "missing",
] as const;
export const ACTION_KINDS = [
  "contact.tag",
  "contact.upsert",
  "contact.event",
  "deal.upsert",
  "event.track",
  "lead.upsert",
] as const;
export type Operator = (typeof OPERATORS)[number];
export type ActionKind = (typeof ACTION_KINDS)[number];

export interface Comparison {
  field: string;
  op: Operator;
  value?: unknown;
}
export type Condition = Comparison | { all: Condition[] } | { any: Condition[] } | { not: Condition };

export interface Action {
  kind: ActionKind;
  connection_id?: string;
  after_seconds?: number;
  when?: Condition[];
  with: Record<string, unknown>;
}

export interface Definition {
  events: string[];
  conditions?: Condition[];
  actions: Action[];
}

type Typed<T> = Omit<T, "definition"> & { definition: Definition };
export type Automation = Typed<Row<"automations">>;
export type ListedAutomation = Automation & {
  automation_runs: Pick<Row<"automation_runs">, "status" | "started_at">[];
};
export type AutomationRun = Row<"automation_runs">;
export type AutomationStep = Row<"automation_steps">;

/** What an automation would do with an event. */
export interface DryRun {
  would_run: boolean;
  reason: string | null;
  steps: {
    position: number;
    kind: ActionKind;
    connection_id?: string | null;
    status?: string;
    after_seconds?: number;
    input: Record<string, unknown>;
  }[];
}

export const automationKeys = {
  all: (organizationId: string) => ["automations", organizationId] as const,
  list: (organizationId: string, filters: object) => [...automationKeys.all(organizationId), "list", filters] as const,
  one: (organizationId: string, id: string) => [...automationKeys.all(organizationId), "one", id] as const,
  runs: (organizationId: string, id: string) => [...automationKeys.all(organizationId), "runs", id] as const,
  steps: (organizationId: string, runId: string) => [...automationKeys.all(organizationId), "steps", runId] as const,
};

interface AutomationFilters {
  /** enabled, disabled or deleted; left out: all that are not deleted. */
  status?: string | undefined;
  environment: Environment | null;
}

/** Automations, newest first, each with its last run; live. */
export function useAutomations({ status, environment }: AutomationFilters) {
  const { id } = useOrganization();
  return useInfiniteQuery({
    queryKey: automationKeys.list(id, { status, environment }),
    queryFn: async ({ pageParam, signal }): Promise<ListedAutomation[]> => {
      let query = supabase()
        .from("automations")
        .select("*, automation_runs(status, started_at)")
        .eq("organization_id", id);
      query = status === "deleted" ? query.not("deleted_at", "is", null) : query.is("deleted_at", null);
      if (status === "enabled" || status === "disabled") query = query.eq("enabled", status === "enabled");
      if (environment) query = query.or(`environment.is.null,environment.eq.${environment}`);
      if (pageParam) query = query.or(afterCursor("created_at", pageParam));
      const rows = await dataOf(
        query
          .order("created_at", { ascending: false })
          .order("id", { ascending: false })
          .order("started_at", { referencedTable: "automation_runs", ascending: false })
          .limit(1, { referencedTable: "automation_runs" })
          .limit(PAGE_SIZE)
          .abortSignal(signal),
      );
      return rows as unknown as ListedAutomation[];
    },
    initialPageParam: null as Cursor | null,
    getNextPageParam: (last) => nextCursor(last, (row) => row.created_at),
    refetchInterval: every(LIST_MS),
  });
}

/** One automation, deleted or not; live. */
export function useAutomation(automationId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: automationKeys.one(id, automationId),
    queryFn: async ({ signal }): Promise<Automation> => {
      const row = await dataOf(
        supabase()
          .from("automations")
          .select("*")
          .eq("organization_id", id)
          .eq("id", automationId)
          .abortSignal(signal)
          .single(),
      );
      return row;
    },
    refetchInterval: every(LIST_MS),
  });
}

/** The runs of an automation, newest first; live. */
export function useAutomationRuns(automationId: string) {
  const { id } = useOrganization();
  return useInfiniteQuery({
    queryKey: automationKeys.runs(id, automationId),
    queryFn: ({ pageParam, signal }): Promise<AutomationRun[]> => {
      let query = supabase()
        .from("automation_runs")
        .select("*")
        .eq("organization_id", id)
        .eq("automation_id", automationId);
      if (pageParam) query = query.or(afterCursor("started_at", pageParam));
      return dataOf(
        query
          .order("started_at", { ascending: false })
          .order("id", { ascending: false })
          .limit(PAGE_SIZE)
          .abortSignal(signal),
      );
    },
    initialPageParam: null as Cursor | null,
    getNextPageParam: (last) => nextCursor(last, (row) => row.started_at),
    refetchInterval: every(LIST_MS),
  });
}

/** What a run did and does, in order; live. */
export function useAutomationSteps(runId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: automationKeys.steps(id, runId),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("automation_steps")
          .select("*")
          .eq("organization_id", id)
          .eq("run_id", runId)
          .order("position")
          .abortSignal(signal),
      ),
    refetchInterval: every(LIST_MS),
  });
}

function useChange<A, R>(mutationFn: (args: A) => Promise<R>) {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: automationKeys.all(id) }) });
}

/** Make an automation, or change one; another definition is another version. */
export function useSaveAutomation() {
  const { id } = useOrganization();
  return useChange((args: Arguments<"save_automation">) =>
    rpc("save_automation", args.automation_id === undefined ? { ...args, organization_id: id } : args),
  );
}

/** Let an automation be led by events, or no longer. */
export function useEnableAutomation() {
  return useChange((args: { automation_id: string; enabled: boolean }) => rpc("enable_automation", args));
}

/** Switch an automation off for good; its runs stay. */
export function useDeleteAutomation() {
  return useChange((automationId: string) => rpc("delete_automation", { automation_id: automationId }));
}

/** Take none of the steps that a run still waits with. */
export function useCancelRun() {
  return useChange((runId: string) => rpc("cancel_automation_run", { run_id: runId }));
}

/** Take a failed step again; `force`: also one of which nobody knows whether it was done. */
export function useRetryStep() {
  return useChange((args: { step_id: string; force: boolean }) => rpc("retry_automation_step", args));
}

/** Ask a worker what an automation would do with an event; nothing is done. */
export function useDryRun() {
  return useMutation({
    mutationFn: async (args: Arguments<"dry_run_automation">): Promise<DryRun> => {
      const { result } = await finished(await rpc("dry_run_automation", args));
      return result as unknown as DryRun;
    },
  });
}
