/** API keys: machines' proof of who they are. A key itself is in the answer that made it, and nowhere else. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod/mini";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { type Arguments, dataOf, type Row, rpc, supabase } from "@/lib/supabase";

const COLUMNS =
  "id, name, hint, role, scopes, environment, requests_per_minute, replaced_by, created_by, created_at, expires_at, revoked_at, last_used_at";

export type ApiKey = Omit<Row<"api_keys">, "organization_id" | "key_hash">;
export type KeyState = "active" | "rotated" | "expired" | "revoked";

export const USAGE_DAYS = 14;
const DAY_MS = 86_400_000;

export const apiKeyKeys = {
  all: (organizationId: string) => ["api_keys", organizationId] as const,
  list: (organizationId: string) => [...apiKeyKeys.all(organizationId), "list"] as const,
  usage: (organizationId: string) => [...apiKeyKeys.all(organizationId), "usage"] as const,
};

/** All keys, newest first, revoked ones too; live. An organization has at most a few, by its quota. */
export function useApiKeys(enabled: boolean) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: apiKeyKeys.list(id),
    queryFn: ({ signal }): Promise<ApiKey[]> =>
      dataOf(
        supabase()
          .from("api_keys")
          .select(COLUMNS)
          .eq("organization_id", id)
          .order("created_at", { ascending: false })
          .abortSignal(signal),
      ),
    refetchInterval: every(LIST_MS),
    enabled,
  });
}

/** What a key is good for now. One that was rotated works on until it expires. */
export function stateOfKey(
  key: Pick<ApiKey, "revoked_at" | "expires_at" | "replaced_by">,
  now: Date = new Date(),
): KeyState {
  if (key.revoked_at !== null) return "revoked";
  if (key.expires_at !== null && new Date(key.expires_at) <= now) return "expired";
  return key.replaced_by === null ? "active" : "rotated";
}

/** Requests of each of the last days, the present one (UTC) last, by key. */
export function useApiKeyUsage(enabled: boolean) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: apiKeyKeys.usage(id),
    queryFn: async ({ signal }) => {
      const days = lastDays(new Date());
      const rows = await dataOf(
        supabase()
          .from("api_key_usage")
          .select("api_key_id, day, requests")
          .eq("organization_id", id)
          .gte("day", days[0] ?? "")
          .abortSignal(signal),
      );
      return usageByKey(rows, days);
    },
    refetchInterval: every(LIST_MS),
    enabled,
  });
}

/** The last days by UTC, as dates, the present one last. */
export function lastDays(now: Date, count = USAGE_DAYS): string[] {
  return Array.from({ length: count }, (_, day) =>
    new Date(now.getTime() - (count - 1 - day) * DAY_MS).toISOString().slice(0, 10),
  );
}

export function usageByKey(
  rows: readonly Pick<Row<"api_key_usage">, "api_key_id" | "day" | "requests">[],
  days: readonly string[],
): Map<string, number[]> {
  const found = Map.groupBy(rows, (row) => row.api_key_id);
  return new Map(
    [...found].map(([key, counted]) => {
      const byDay = new Map(counted.map((row) => [row.day, row.requests]));
      return [key, days.map((day) => byDay.get(day) ?? 0)];
    }),
  );
}

const newKeySchema = z.object({ id: z.string(), name: z.string(), api_key: z.string() });
/** A key as it is told once. */
export type NewKey = z.infer<typeof newKeySchema>;

/** Make a key. The answer is kept by no cache: who asked has it until the dialog closes. */
export function useCreateApiKey() {
  const { id } = useOrganization();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (wanted: Omit<Arguments<"create_api_key">, "organization_id">): Promise<NewKey> =>
      newKeySchema.parse(await rpc("create_api_key", { ...wanted, organization_id: id })),
    onSuccess: () => client.invalidateQueries({ queryKey: apiKeyKeys.all(id) }),
    gcTime: 0,
  });
}

/** Make a key that may do the same; the old one works on for so many hours. */
export function useRotateApiKey() {
  const { id } = useOrganization();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ keyId, overlapHours }: { keyId: string; overlapHours: number }): Promise<NewKey> =>
      newKeySchema.parse(await rpc("rotate_api_key", { api_key_id: keyId, overlap: `${overlapHours} hours` })),
    onSuccess: () => client.invalidateQueries({ queryKey: apiKeyKeys.all(id) }),
    gcTime: 0,
  });
}

/** Revoke a key, and with it every token it was traded for, at once. */
export function useRevokeApiKey() {
  const { id } = useOrganization();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (keyId: string) => rpc("revoke_api_key", { api_key_id: keyId }),
    onSuccess: () => client.invalidateQueries({ queryKey: apiKeyKeys.all(id) }),
  });
}
