/** Subscriptions: where events are sent, signed. Their secrets are made and sealed here, in the browser. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod/mini";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { Problem } from "@/lib/problem";
import { dataOf, type Row, rpc, supabase } from "@/lib/supabase";
import { encryptionKey, STALE_KEY } from "./connections";
import { finished } from "./operations";

export type Subscription = Row<"webhook_subscriptions">;
/** What a form writes of one. */
export type SubscriptionFields = Pick<
  Subscription,
  | "name"
  | "url"
  | "event_types"
  | "connection_id"
  | "environment"
  | "conditions"
  | "template"
  | "ordered"
  | "rate_per_minute"
>;

const SECRET_BYTES = 32;

export const subscriptionKeys = {
  all: (organizationId: string) => ["webhook_subscriptions", organizationId] as const,
};

/** All of them, newest first; live. */
export function useSubscriptions() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: subscriptionKeys.all(id),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("webhook_subscriptions")
          .select("*")
          .eq("organization_id", id)
          .order("created_at", { ascending: false })
          .order("id")
          .abortSignal(signal),
      ),
    refetchInterval: every(LIST_MS),
  });
}

interface Saving {
  /** Null: a new one. */
  subscription: Pick<Subscription, "id"> | null;
  fields: SubscriptionFields;
}

/**
 * Make or change a subscription, and wait for a worker's word on its address and conditions. Of a new one the answer
 * has the secret; one that a worker finds wrong is not left behind. Throws a `Problem`.
 */
export function useSaveSubscription() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: ({ subscription, fields }: Saving): Promise<{ id: string; secret: string | null }> =>
      subscription ? change(subscription.id, fields) : create(id, fields),
    onSettled: () => client.invalidateQueries({ queryKey: subscriptionKeys.all(id) }),
  });
}

async function create(organizationId: string, fields: SubscriptionFields) {
  const row = { ...fields, organization_id: organizationId };
  const made = await dataOf<{ id: string }>(supabase().from("webhook_subscriptions").insert(row).select("id").single());
  try {
    const secret = await setSecret(organizationId, made.id, 0);
    await checked(made.id);
    return { id: made.id, secret };
  } catch (reason) {
    await supabase().from("webhook_subscriptions").delete().eq("id", made.id);
    throw reason;
  }
}

async function change(id: string, changes: Partial<SubscriptionFields & Pick<Subscription, "enabled">>) {
  await dataOf(supabase().from("webhook_subscriptions").update(changes).eq("id", id).select("id").single());
  await checked(id);
  return { id, secret: null };
}

/** A worker's word on a subscription. That there is none yet is no fault. */
async function checked(subscriptionId: string): Promise<void> {
  const operations = await dataOf(
    supabase()
      .from("operations")
      .select("*")
      .eq("subject_id", subscriptionId)
      .eq("kind", "subscription.check")
      .order("created_at", { ascending: false })
      .limit(1),
  );
  const operation = operations[0];
  if (!operation) return;
  await finished(operation).catch((reason: unknown) => {
    if (!(reason instanceof Problem) || reason.kind !== "network") throw reason;
  });
}

/** Switch a subscription on or off. On again, it forgets that it failed, and what waited is sent. */
export function useEnableSubscription() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: async ({ subscriptionId, enabled }: { subscriptionId: string; enabled: boolean }) => {
      if (enabled) return change(subscriptionId, { enabled });
      const update = supabase().from("webhook_subscriptions").update({ enabled }).eq("id", subscriptionId);
      return dataOf(update.select("id").single());
    },
    onSettled: () => client.invalidateQueries({ queryKey: subscriptionKeys.all(id) }),
  });
}

/** Send nothing to it any more; its deliveries stay to be seen. */
export function useDeleteSubscription() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: (subscriptionId: string) =>
      dataOf(supabase().from("webhook_subscriptions").delete().eq("id", subscriptionId).select("id").single()),
    onSettled: () => client.invalidateQueries({ queryKey: subscriptionKeys.all(id) }),
  });
}

/** Sign with a new secret, which is in the answer and nowhere else; the one before signs as well for the overlap. */
export function useRotateSecret() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: ({ subscriptionId, overlapSeconds }: { subscriptionId: string; overlapSeconds: number }) =>
      setSecret(id, subscriptionId, overlapSeconds),
    onSettled: () => client.invalidateQueries({ queryKey: subscriptionKeys.all(id) }),
  });
}

/** Make a secret, seal it for the subscription alone, and set it; returns it. */
async function setSecret(organizationId: string, subscriptionId: string, overlapSeconds: number): Promise<string> {
  const secret = newSecret();
  const { sealCredential } = await import("@/lib/sealing");
  const send = async () => {
    const key = await encryptionKey(organizationId);
    const sealed = await sealCredential(key, organizationId, subscriptionId, "signing_secret", secret);
    await rpc("rotate_webhook_secret", {
      subscription_id: subscriptionId,
      secret: { ciphertext: sealed.ciphertext, key_id: sealed.key_id },
      overlap_seconds: overlapSeconds,
    });
  };
  try {
    await send();
  } catch (reason) {
    if (!(reason instanceof Problem) || reason.code !== STALE_KEY) throw reason;
    await send(); // The key was rotated in between.
  }
  return secret;
}

/** A new signing secret as Standard Webhooks has it: `whsec_` and 32 random bytes in base64. */
export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}

const pingSchema = z.object({
  http_status: z.nullable(z.number()),
  duration_ms: z.number(),
  response: z.nullable(z.string()),
});
/** What a receiver answered to a ping. */
export type Ping = z.infer<typeof pingSchema>;

/** Send one ping, be the subscription enabled or not; throws a `Problem` when it was not taken. */
export function usePing() {
  return useMutation({
    mutationFn: async (subscriptionId: string): Promise<Ping> => {
      const operation = await rpc("test_webhook_subscription", { subscription_id: subscriptionId });
      return pingSchema.parse((await finished(operation)).result);
    },
  });
}
