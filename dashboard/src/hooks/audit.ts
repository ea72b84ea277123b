/** What people, keys and workers changed. */
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { z } from "zod/mini";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { type Condition, isLike, isWithin, narrow } from "@/lib/narrow";
import { dataOf, type Row, rpc, supabase } from "@/lib/supabase";

/** The last lines of the audit log, newest first; live. Only those whose role may read it get any. */
export function useRecentAudit(most: number, enabled: boolean) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["audit", id, "recent", most],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("audit_log")
          .select("id, sequence, occurred_at, actor_type, action, target_type, target_id")
          .eq("organization_id", id)
          .order("sequence", { ascending: false })
          .limit(most)
          .abortSignal(signal),
      ),
    refetchInterval: every(LIST_MS),
    enabled,
  });
}

/** What a list of the log is narrowed to. */
export interface AuditFilters {
  /** The id of a user or API key, or `service` or `worker`. */
  actor?: string | undefined;
  /** Such as `member.set`, or `member.*`. */
  action?: string | undefined;
  /** What kind of thing it was done to, and which one. */
  target?: string | undefined;
  targetId?: string | undefined;
  /** Moments; until: exclusive. */
  since: string | null;
  until: string | null;
}

const MACHINES = ["service", "worker"];
const COLUMNS =
  "id, sequence, occurred_at, actor_type, actor_id, action, target_type, target_id, detail, before, after, remote_address, user_agent";

export type AuditLine = Omit<Row<"audit_log">, "organization_id" | "hash" | "previous_hash">;

/** With its place in the chain. */
export type BoundLine = AuditLine & Pick<Row<"audit_log">, "hash" | "previous_hash">;

/** The filters as conditions on columns. */
export function auditConditions({ actor, action, target, targetId, since, until }: AuditFilters): Condition[] {
  return [
    ...(actor ? [[MACHINES.includes(actor) ? "actor_type" : "actor_id", "eq", actor] as const] : []),
    ...(action ? [isLike("action", action)] : []),
    ...(target ? [["target_type", "eq", target] as const] : []),
    ...(targetId ? [["target_id", "eq", targetId] as const] : []),
    ...isWithin("occurred_at", { since, until }),
  ];
}

/** Lines, newest first, below a sequence. */
async function auditPage(
  organizationId: string,
  filters: AuditFilters,
  below: number | null,
  most: number,
  signal: AbortSignal,
): Promise<AuditLine[]> {
  let query = narrow(
    supabase().from("audit_log").select(COLUMNS).eq("organization_id", organizationId),
    auditConditions(filters),
  );
  if (below !== null) query = query.lt("sequence", below);
  return dataOf(query.order("sequence", { ascending: false }).limit(most).abortSignal(signal));
}

const PAGE = 100;
const MOST_LIVE_PAGES = 3;

/** The log, newest first; live while little of it is shown. */
export function useAuditLog(filters: AuditFilters) {
  const { id } = useOrganization();
  return useInfiniteQuery({
    queryKey: ["audit", id, "list", filters],
    queryFn: ({ pageParam, signal }) => auditPage(id, filters, pageParam, PAGE, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.length < PAGE ? null : (page.at(-1)?.sequence ?? null)),
    refetchInterval: (query) =>
      (query.state.data?.pages.length ?? 0) > MOST_LIVE_PAGES ? false : every(LIST_MS)(query),
  });
}

/** One line. */
export function useAuditLine(lineId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["audit", id, "one", lineId],
    queryFn: ({ signal }): Promise<BoundLine> =>
      dataOf(
        supabase()
          .from("audit_log")
          .select(`${COLUMNS}, previous_hash, hash`)
          .eq("organization_id", id)
          .eq("id", lineId)
          .abortSignal(signal)
          .single(),
      ),
    staleTime: Infinity, // A line never changes.
  });
}

const EXPORT_PAGE = 1000;

/** All lines that the filters let through, page by page; `onProgress` is told how many there are so far. */
export async function allAuditLines(
  organizationId: string,
  filters: AuditFilters,
  onProgress: (lines: number) => void,
  signal: AbortSignal,
): Promise<AuditLine[]> {
  const all: AuditLine[] = [];
  for (;;) {
    const page = await auditPage(organizationId, filters, all.at(-1)?.sequence ?? null, EXPORT_PAGE, signal);
    all.push(...page);
    onProgress(all.length);
    if (page.length < EXPORT_PAGE) return all;
  }
}

const reportSchema = z.object({
  intact: z.boolean(),
  lines: z.number(),
  first_broken_sequence: z.nullable(z.number()),
  fault: z.nullable(z.enum(["missing", "altered", "unbound"])),
  last_sequence: z.nullable(z.number()),
  last_hash: z.nullable(z.string()),
});
export type AuditReport = z.infer<typeof reportSchema>;

/** Check the chain, every line of it. */
export function useVerifyAudit() {
  const { id } = useOrganization();
  return useMutation({
    mutationFn: async () => reportSchema.parse(await rpc("verify_audit_log", { organization_id: id })),
  });
}
