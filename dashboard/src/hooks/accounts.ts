/** Accounts at social networks: pages and profiles that posts go to, what the access to them is good for, their figures. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import type { Environment } from "./connections";
import { finished } from "./operations";
import { every, FIGURES_MS } from "@/lib/live";
import { dataOf, type Row, rpc, supabase } from "@/lib/supabase";

export const accountKeys = {
  all: (organizationId: string) => ["accounts", organizationId] as const,
  list: (organizationId: string) => [...accountKeys.all(organizationId), "list"] as const,
  grants: (organizationId: string) => [...accountKeys.all(organizationId), "grants"] as const,
  figures: (organizationId: string, since: string) => [...accountKeys.all(organizationId), "figures", since] as const,
};

/** An account with the connection that reaches it. */
export interface Account extends Row<"social_media_accounts"> {
  connection: Pick<
    Row<"integration_connections">,
    "id" | "name" | "provider_key" | "environment" | "status" | "health_state" | "last_error"
  >;
}
export type Grant = Row<"connection_grants">;
export type AccountFigures = Row<"social_account_metrics">;

/** All accounts by name, also those whose connection has been cut: posts still stand on them. */
export function useAccounts() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: accountKeys.list(id),
    queryFn: ({ signal }): Promise<Account[]> =>
      dataOf(
        supabase()
          .from("social_media_accounts")
          .select(
            "*, connection:integration_connections!inner(id, name, provider_key, environment, status, health_state, last_error)",
          )
          .eq("organization_id", id)
          .order("name")
          .order("id")
          .abortSignal(signal),
      ),
    refetchInterval: every(FIGURES_MS),
  });
}

const USABLE = ["active", "needs_attention"];

/** Whether a post can go to an account now; the hub says the same in private.check_account. */
export function canPost({ enabled, can_publish, removed_at, connection }: Account): boolean {
  return enabled && can_publish && removed_at === null && USABLE.includes(connection.status);
}

/** Accounts of one environment (null: both). */
export function ofEnvironment(accounts: readonly Account[], environment: Environment | null): Account[] {
  return accounts.filter(({ connection }) => environment === null || connection.environment === environment);
}

/** What each connection's access is good for, by the connection's id. */
export function useGrants() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: accountKeys.grants(id),
    queryFn: async ({ signal }) => {
      const rows = await dataOf(
        supabase().from("connection_grants").select("*").eq("organization_id", id).abortSignal(signal),
      );
      return new Map(rows.map((grant) => [grant.connection_id, grant]));
    },
    refetchInterval: every(FIGURES_MS),
  });
}

export type Consent = "none" | "good" | "renewing" | "ending" | "ended";

const SOON_MS = 10 * 86_400_000;

/** How a consent stands: it ends when nobody but a person can renew it. */
export function consentOf(grant: Grant | undefined, now: Date): { state: Consent; until: string | null } {
  if (!grant) return { state: "none", until: null };
  const until = grant.refreshable ? grant.refresh_expires_at : grant.access_expires_at;
  if (grant.revoked_at !== null) return { state: "ended", until: grant.revoked_at };
  if (until !== null && new Date(until) <= now) return { state: "ended", until };
  if (until !== null && new Date(until).getTime() - now.getTime() < SOON_MS) return { state: "ending", until };
  return { state: grant.refreshable ? "renewing" : "good", until };
}

/** Let posts go to exactly these accounts of a connection. */
export function useChooseAccounts() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: (args: { connection_id: string; account_ids: string[] }) => rpc("choose_accounts", args),
    onSettled: () => client.invalidateQueries({ queryKey: accountKeys.all(id) }),
  });
}

/** See at the network which accounts the login reaches now. */
export function useRefreshAccounts() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: async (connectionId: string) =>
      finished(await rpc("refresh_accounts", { connection_id: connectionId })),
    onSettled: () => client.invalidateQueries({ queryKey: accountKeys.all(id) }),
  });
}

const MOST_FIGURES = 5_000;

/** How accounts did since a day (2026-11-30), a row for each account and day, the first day first. */
export function useAccountFigures(since: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: accountKeys.figures(id, since),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("social_account_metrics")
          .select("*")
          .eq("organization_id", id)
          .gte("day", since)
          .order("day")
          .limit(MOST_FIGURES)
          .abortSignal(signal),
      ),
    refetchInterval: every(FIGURES_MS),
  });
}
