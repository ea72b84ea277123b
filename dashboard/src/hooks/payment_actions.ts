/** What people do with a payment. Each intent has one idempotency key, so that pressing twice does it once. */
import { useState } from "react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { asProblem } from "@/lib/problem";
import { rpc } from "@/lib/supabase";
import { finished, finishedCall } from "./operations";
import { paymentKeys } from "./payments";

export const CANCEL_REASONS = ["requested_by_customer", "duplicate", "fraudulent", "abandoned"] as const;
export type CancelReason = (typeof CANCEL_REASONS)[number];

/** The key stays until the answer is certain: after a refusal another press is another try. */
function useIntent(call: (idempotencyKey: string) => Promise<unknown>) {
  const client = useQueryClient();
  const { id } = useOrganization();
  const [key, setKey] = useState(() => crypto.randomUUID());
  return useMutation({
    mutationFn: async () => {
      await call(key);
      // The row has changed already, before a worker has done anything.
      void client.invalidateQueries({ queryKey: paymentKeys.all(id) });
      await finishedCall(id, key);
    },
    onError: (reason) => {
      if (!asProblem(reason).passing) setKey(crypto.randomUUID());
    },
    onSettled: () => client.invalidateQueries({ queryKey: paymentKeys.all(id) }),
  });
}

/** Give money back: an amount. Ends when the gateway has answered. */
export function useRefundPayment(args: { payment_id: string; amount: string; reason: string }) {
  const { reason, ...rest } = args;
  return useIntent((idempotency_key) => rpc("refund_payment", { ...rest, ...(reason && { reason }), idempotency_key }));
}

/** Take reserved money: an amount. Ends when the gateway has answered. */
export function useCapturePayment(args: { payment_id: string; amount: string }) {
  return useIntent((idempotency_key) => rpc("capture_payment", { ...args, idempotency_key }));
}

/** Give a payment up before its money is taken. Ends when the gateway has answered. */
export function useCancelPayment(args: { payment_id: string; reason: CancelReason }) {
  return useIntent((idempotency_key) => rpc("cancel_payment", { ...args, idempotency_key }));
}

/** Ask the gateway how a payment stands. */
export function useSyncPayment(paymentId: string) {
  return useFollowed(async () => finished(await rpc("sync_payment", { payment_id: paymentId })));
}

/** Take up again an operation that was given up. */
export function useRetryOperation() {
  return useFollowed((operationId: string) => rpc("retry_operation", { operation_id: operationId }));
}

/** Cancel an operation that has not been sent. */
export function useCancelOperation() {
  return useFollowed((operationId: string) => rpc("cancel_operation", { operation_id: operationId }));
}

function useFollowed<A>(call: (args: A) => Promise<unknown>) {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: call,
    onSettled: () => client.invalidateQueries({ queryKey: paymentKeys.all(id) }),
  });
}
