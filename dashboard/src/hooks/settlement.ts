/** What comes after payments: disputes, payouts, and comparisons with the gateways' own books. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { dataOf, type Enum, type Row, rpc, supabase } from "@/lib/supabase";
import { afterCursor, type Cursor, PAGE_SIZE, useCursorPages } from "./cursor_pages";
import { paymentKeys } from "./payments";

export const DISPUTE_STATUSES = ["open", "won", "lost", "closed"] as const satisfies readonly Enum<"dispute_status">[];
export const PAYOUT_STATUSES = [
  "pending",
  "in_transit",
  "paid",
  "failed",
  "cancelled",
] as const satisfies readonly Enum<"payout_status">[];
export const DIFFERENCE_STATUSES = [
  "open",
  "healed",
  "dismissed",
] as const satisfies readonly Enum<"payment_difference_status">[];

export type Payout = Row<"payouts">;
export type Difference = Row<"payment_differences">;
export type Reconciliation = Row<"payment_reconciliations">;

interface Filters {
  status?: string | undefined;
  /** The connections whose rows are wanted; null: all. */
  connections: readonly string[] | null;
}

export const settlementKeys = {
  all: (organizationId: string) => ["settlement", organizationId] as const,
  of: (organizationId: string, what: string, filters: unknown) =>
    [...settlementKeys.all(organizationId), what, filters] as const,
};

/** Disputes with the payment that each is about, newest first; live. */
export function useDisputes(filters: Filters) {
  const { id } = useOrganization();
  return useCursorPages({
    queryKey: settlementKeys.of(id, "disputes", filters),
    at: (dispute: Dispute) => dispute.created_at,
    fetchPage: (cursor, signal) => fetchDisputes(id, filters, cursor, signal),
  });
}

async function fetchDisputes(organizationId: string, filters: Filters, cursor: Cursor | null, signal: AbortSignal) {
  let query = supabase()
    .from("payment_disputes")
    .select("*, payment:payments!inner(reference)")
    .eq("organization_id", organizationId);
  const status = DISPUTE_STATUSES.find((each) => each === filters.status);
  if (status) query = query.eq("status", status);
  if (filters.connections) query = query.in("connection_id", filters.connections);
  if (cursor) query = query.or(afterCursor("created_at", cursor));
  return dataOf(
    query
      .order("created_at", { ascending: false })
      .order("id", { ascending: false })
      .limit(PAGE_SIZE)
      .abortSignal(signal),
  );
}

export type Dispute = Awaited<ReturnType<typeof fetchDisputes>>[number];

/** Payouts, newest first; live. */
export function usePayouts(filters: Filters) {
  const { id } = useOrganization();
  return useCursorPages<Payout>({
    queryKey: settlementKeys.of(id, "payouts", filters),
    at: (payout) => payout.created_at,
    fetchPage: (cursor, signal) => {
      let query = supabase().from("payouts").select("*").eq("organization_id", id);
      const status = PAYOUT_STATUSES.find((each) => each === filters.status);
      if (status) query = query.eq("status", status);
      if (filters.connections) query = query.in("connection_id", filters.connections);
      if (cursor) query = query.or(afterCursor("created_at", cursor));
      return dataOf(
        query
          .order("created_at", { ascending: false })
          .order("id", { ascending: false })
          .limit(PAGE_SIZE)
          .abortSignal(signal),
      );
    },
  });
}

/** Where our payments and the gateways' do not agree, newest first; live. */
export function useDifferences(filters: Filters) {
  const { id } = useOrganization();
  return useCursorPages<Difference>({
    queryKey: settlementKeys.of(id, "differences", filters),
    at: (difference) => difference.created_at,
    fetchPage: (cursor, signal) => {
      let query = supabase().from("payment_differences").select("*").eq("organization_id", id);
      const status = DIFFERENCE_STATUSES.find((each) => each === filters.status);
      if (status) query = query.eq("status", status);
      if (filters.connections) query = query.in("connection_id", filters.connections);
      if (cursor) query = query.or(afterCursor("created_at", cursor));
      return dataOf(
        query
          .order("created_at", { ascending: false })
          .order("id", { ascending: false })
          .limit(PAGE_SIZE)
          .abortSignal(signal),
      );
    },
  });
}

/** The last comparisons, newest first; live. */
export function useReconciliations(connections: readonly string[] | null, most: number) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: settlementKeys.of(id, "reconciliations", { connections, most }),
    queryFn: ({ signal }) => {
      let query = supabase().from("payment_reconciliations").select("*").eq("organization_id", id);
      if (connections) query = query.in("connection_id", connections);
      return dataOf(query.order("started_at", { ascending: false }).limit(most).abortSignal(signal));
    },
    refetchInterval: every(LIST_MS),
  });
}

/** Begin to compare a span of time; it goes on by itself, and the list shows how it ends. */
export function useReconcile() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: (args: { connection_id: string; since: string; until?: string; idempotency_key: string }) =>
      rpc("reconcile_payments", args),
    onSettled: () => client.invalidateQueries({ queryKey: settlementKeys.all(id) }),
  });
}

/** Say that a person has dealt with a difference. */
export function useDismissDifference() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: ({ difference_id, note }: { difference_id: string; note: string }) =>
      rpc("dismiss_payment_difference", { difference_id, ...(note && { note }) }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: settlementKeys.all(id) }),
        client.invalidateQueries({ queryKey: paymentKeys.all(id) }),
      ]),
  });
}
