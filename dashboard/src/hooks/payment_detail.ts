/** One payment with all that belongs to it. */
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { type Amount, minus } from "@/lib/decimal";
import { every } from "@/lib/live";
import { dataOf, type Row, supabase, type WholeRow } from "@/lib/supabase";
import { paymentKeys } from "./payments";

/** Somebody looks at it: what happens to it is seen soon. */
const WATCHED_MS = 3_000;

export type Payment = WholeRow<"payments">;
export type PaymentEvent = Row<"payment_events">;
export type Refund = Row<"payment_refunds">;

/** The payment with what it says of people; live. */
export function usePayment(paymentId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...paymentKeys.one(id, paymentId), "row"],
    queryFn: ({ signal }): Promise<Payment> =>
      dataOf(
        supabase()
          .from("payments")
          .select("*,customer,billing_address,shipping_address")
          .eq("organization_id", id)
          .eq("id", paymentId)
          .abortSignal(signal)
          .single(),
      ),
    refetchInterval: every(WATCHED_MS),
  });
}

/** Its refunds, the first one first; live. */
export function useRefunds(paymentId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...paymentKeys.one(id, paymentId), "refunds"],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("payment_refunds")
          .select("*")
          .eq("organization_id", id)
          .eq("payment_id", paymentId)
          .order("created_at")
          .order("id")
          .abortSignal(signal),
      ),
    refetchInterval: every(WATCHED_MS),
  });
}

/** All that happened to it, in the order in which the hub learned of it; live. */
export function usePaymentEvents(paymentId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...paymentKeys.one(id, paymentId), "events"],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("payment_events")
          .select("*")
          .eq("organization_id", id)
          .eq("payment_id", paymentId)
          .order("recorded_at")
          .order("id")
          .abortSignal(signal),
      ),
    refetchInterval: every(WATCHED_MS),
  });
}

/** What workers were asked to do about it and its refunds, the last first; live. */
export function usePaymentOperations(paymentId: string, refunds: readonly Refund[]) {
  const { id } = useOrganization();
  const subjects = [paymentId, ...refunds.map((refund) => refund.id)];
  return useQuery({
    queryKey: [...paymentKeys.one(id, paymentId), "operations", subjects],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("operations")
          .select("id, kind, status, attempts, error, why, created_by, created_at, finished_at, connection_id")
          .eq("organization_id", id)
          .in("subject_id", subjects)
          .order("created_at", { ascending: false })
          .abortSignal(signal),
      ),
    refetchInterval: every(WATCHED_MS),
  });
}

export type PaymentOperation = NonNullable<ReturnType<typeof usePaymentOperations>["data"]>[number];

/** How much of it can still be given back: pending refunds count as given. */
export function leftToRefund(captured: Amount, refunds: readonly Pick<Refund, "amount" | "status">[]): string {
  const given = refunds.filter(({ status }) => status === "pending" || status === "succeeded");
  return minus(captured, ...given.map(({ amount }) => amount));
}

/** How much is reserved and not taken. */
export function leftToCapture(payment: Pick<Payment, "amount_authorized" | "amount_captured">): string {
  return minus(payment.amount_authorized, payment.amount_captured);
}

const CAPTURABLE: readonly string[] = ["authorized", "partially_captured"];
const CANCELLABLE: readonly string[] = ["created", "requires_action", "processing", "authorized", "failed"];

export function mayBeCaptured({ status }: Pick<Payment, "status">): boolean {
  return CAPTURABLE.includes(status);
}

export function mayBeCancelled({ status }: Pick<Payment, "status">): boolean {
  return CANCELLABLE.includes(status);
}
