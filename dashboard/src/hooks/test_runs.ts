/** Runs of operations that somebody tries: kept as long as the page's session, and nowhere else. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { asProblem, type Problem } from "@/lib/problem";
import { dataOf, rpc, type RpcName, supabase } from "@/lib/supabase";
import { fetchOperation } from "./operations";
import { type Fault, forgetFault, planFault, sandboxKeys } from "./sandbox";

/** One try. */
export interface Run {
  /** The operation's id, or one of the page's own where there is no operation. */
  id: string;
  operationId: string | null;
  /** The RPC that was called. */
  rpc: string;
  connectionId: string;
  startedAt: string;
  asked: Record<string, unknown>;
  faults: readonly Fault[];
  /** How long the hub took to take it on, in milliseconds. */
  takenOnMs: number;
  /** What the hub answered at once; null when it refused. */
  answer: unknown;
  problem: Problem | null;
}

export interface WantedRun {
  rpc: RpcName;
  /** The kind of the operation that carries it out; null: there is none. */
  operation: string | null;
  connectionId: string;
  args: Record<string, unknown>;
  faults: readonly Fault[];
  sandbox: string | null;
}

const keyOf = (organizationId: string) => ["test runs", organizationId] as const;
const LOOK_AGAIN_MS = 1_000;
/** After that, faults that nothing has met are forgotten all the same. */
const LONGEST_MS = 180_000;

/** The session's runs, newest first. */
export function useRuns(): readonly Run[] {
  const { id } = useOrganization();
  const { data } = useQuery<readonly Run[]>({
    queryKey: keyOf(id),
    queryFn: ({ client, queryKey }) => client.getQueryData<readonly Run[]>(queryKey) ?? [],
    staleTime: Infinity,
    gcTime: Infinity,
  });
  return data ?? [];
}

/** Run one: plan its faults, call the RPC, find its operation. A refusal by the hub is a run, too. */
export function useRun() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: async (wanted: WantedRun): Promise<Run> => {
      const planned: number[] = [];
      const forget = async () => {
        await Promise.allSettled(planned.map((number) => forgetFault(wanted.sandbox, number)));
        await client.invalidateQueries({ queryKey: sandboxKeys.faults });
      };
      try {
        for (const fault of wanted.faults) planned.push(await planFault(wanted.sandbox, fault));
      } catch (reason) {
        await forget();
        throw reason;
      }
      const run = await carryOut(wanted);
      client.setQueryData<readonly Run[]>(keyOf(id), (before = []) => [run, ...before]);
      if (planned.length > 0) void over(run).then(forget, forget);
      return run;
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["test subjects", id] }),
  });
}

async function carryOut(wanted: WantedRun): Promise<Run> {
  const startedAt = new Date().toISOString();
  const begun = performance.now();
  const { connectionId, args, faults } = wanted;
  const common = { rpc: wanted.rpc, connectionId, startedAt, asked: args, faults };
  try {
    const answer: unknown = await rpc(wanted.rpc, args as never);
    const takenOnMs = performance.now() - begun;
    const operationId = wanted.operation === null ? null : await operationOf(wanted.operation, answer);
    return { ...common, id: operationId ?? crypto.randomUUID(), operationId, takenOnMs, answer, problem: null };
  } catch (reason) {
    const takenOnMs = performance.now() - begun;
    return {
      ...common,
      id: crypto.randomUUID(),
      operationId: null,
      takenOnMs,
      answer: null,
      problem: asProblem(reason),
    };
  }
}

/** The operation of an RPC's answer: itself, or the newest of that kind about the row that it is. */
export async function operationOf(kind: string, answer: unknown): Promise<string | null> {
  const row = (Array.isArray(answer) ? answer[0] : answer) as { id?: string; kind?: string } | undefined;
  if (row?.id === undefined) return null;
  if (row.kind === kind) return row.id;
  const found = await dataOf(
    supabase()
      .from("operations")
      .select("id")
      .eq("subject_id", row.id)
      .eq("kind", kind)
      .order("created_at", { ascending: false })
      .limit(1),
  );
  return found[0]?.id ?? null;
}

/** Ends when a run can meet no fault any more. */
async function over(run: Run): Promise<void> {
  const deadline = Date.now() + LONGEST_MS;
  while (run.problem === null && Date.now() < deadline) {
    if (run.operationId !== null && (await fetchOperation(run.operationId)).status !== "pending") return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
