/** The keys that secrets are sealed to, and what is sealed to which. */
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, FIGURES_MS } from "@/lib/live";
import { dataOf, type Row, supabase } from "@/lib/supabase";

export type EncryptionKey = Pick<
  Row<"encryption_keys">,
  "id" | "organization_id" | "algorithm" | "state" | "created_at" | "retired_at"
>;

/** The hub's keys and the organization's own, newest first. */
export function useEncryptionKeys() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["encryption_keys", id],
    queryFn: ({ signal }): Promise<EncryptionKey[]> =>
      dataOf(
        supabase()
          .from("encryption_keys")
          .select("id, organization_id, algorithm, state, created_at, retired_at")
          .or(`organization_id.is.null,organization_id.eq.${id}`)
          .order("created_at", { ascending: false })
          .abortSignal(signal),
      ),
    refetchInterval: every(FIGURES_MS),
  });
}

/** How far the sealing to the active key has come. */
export interface Sealing {
  /** Credentials by the id of the key that they are sealed to. */
  byKey: ReadonlyMap<string, number>;
  total: number;
  /** Those that are sealed to a key which is active. */
  current: number;
}

export function sealingOf(
  keys: readonly Pick<EncryptionKey, "id" | "state">[],
  credentials: readonly { key_id: string }[],
): Sealing {
  const byKey = new Map([...Map.groupBy(credentials, (each) => each.key_id)].map(([id, all]) => [id, all.length]));
  const active = new Set(keys.filter(({ state }) => state === "active").map(({ id }) => id));
  return {
    byKey,
    total: credentials.length,
    current: credentials.filter(({ key_id }) => active.has(key_id)).length,
  };
}
