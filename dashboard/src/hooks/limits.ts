/** How fast connections may be called, and how much of the hub the organization may use. */
import { useQuery } from "@tanstack/react-query";
import { z } from "zod/mini";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { type Answer, dataOf, rpc, supabase } from "@/lib/supabase";
import { useChange } from "./change";

const limitKey = (organizationId: string) => ["rate_limits", organizationId] as const;

const bucket = z.object({ capacity: z.number(), refill_per_second: z.number() });
const usualSchema = z.object({ sandbox: bucket, live: bucket });

/** The bucket of each connection that is not cut, by the connection's name; live. */
export function useRateLimits() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: limitKey(id),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("rate_limits")
          .select(
            "connection_id, capacity, refill_per_second, tokens, refilled_at, blocked_until, source, connection:integration_connections!inner(name, environment, provider_key, status)",
          )
          .eq("organization_id", id)
          .neq("connection.status", "disconnected")
          .abortSignal(signal),
      ),
    select: (limits) => limits.toSorted((a, b) => a.connection.name.localeCompare(b.connection.name)),
    refetchInterval: every(LIST_MS),
  });
}

export type RateLimit = NonNullable<ReturnType<typeof useRateLimits>["data"]>[number];

/** What a provider's connections begin with, by provider and environment. */
export function useUsualLimits() {
  return useQuery({
    queryKey: ["usual_limits"],
    queryFn: async ({ signal }) => {
      const rows = await dataOf(
        supabase().from("integration_providers").select("key, rate_limits").abortSignal(signal),
      );
      return new Map(rows.map(({ key, rate_limits }) => [key, usualSchema.parse(rate_limits)]));
    },
    staleTime: Infinity,
  });
}

/** Set a connection's rate; what a person has set is not learned over. */
export function useSetRateLimit() {
  const { id } = useOrganization();
  return useChange(
    limitKey(id),
    ({ connection_id, ...limit }: { connection_id: string; capacity: number; refill_per_second: number }) =>
      dataOf(
        supabase()
          .from("rate_limits")
          .update(limit)
          .eq("connection_id", connection_id)
          .select("connection_id")
          .single(),
      ),
  );
}

/** How many calls could go out now: what was left, and what has come back since. */
export function tokensNow(
  limit: Pick<RateLimit, "tokens" | "refill_per_second" | "refilled_at" | "capacity">,
  now: Date,
): number {
  const seconds = Math.max(0, (now.getTime() - new Date(limit.refilled_at).getTime()) / 1000);
  return Math.max(0, Math.min(limit.capacity, limit.tokens + seconds * limit.refill_per_second));
}

/** How much the organization has used of each quota, and may use at most; `agreed`: it has one of its own. */
export type Quota = Omit<Answer<"list_quotas">[number], "most" | "resets_at"> & {
  most: number | null;
  resets_at: string | null;
  agreed: boolean;
};

export function useQuotas() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["quotas", id],
    queryFn: async ({ signal }): Promise<Quota[]> => {
      const [quotas, agreed] = await Promise.all([
        rpc("list_quotas", { organization_id: id }, signal),
        dataOf(supabase().from("organization_quotas").select("name").eq("organization_id", id).abortSignal(signal)),
      ]);
      const own = new Set(agreed.map(({ name }) => name));
      return quotas.map((quota) => ({ ...quota, agreed: own.has(quota.name) }));
    },
    refetchInterval: every(LIST_MS),
  });
}
