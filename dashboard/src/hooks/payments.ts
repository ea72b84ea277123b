/** Payments: the list, found by what people know of them. */
import { useOrganization } from "@/app/organization";
import { startOfDay } from "@/lib/format";
import { dataOf, type Enum, type Row, supabase } from "@/lib/supabase";
import type { Environment } from "./connections";
import { afterCursor, PAGE_SIZE, useCursorPages } from "./cursor_pages";

export type PaymentStatus = Enum<"payment_status">;

export const PAYMENT_STATUSES = [
  "pending",
  "created",
  "requires_action",
  "processing",
  "authorized",
  "partially_captured",
  "captured",
  "partially_refunded",
  "refunded",
  "cancelled",
  "failed",
  "expired",
  "disputed",
] as const satisfies readonly PaymentStatus[];

/** What is left out does not narrow the list. */
export interface PaymentFilters {
  status?: string | undefined;
  connection?: string | undefined;
  method?: string | undefined;
  /** A decimal, in whatever currency. */
  minimum?: string | undefined;
  maximum?: string | undefined;
  /** Days of the organization's calendar, such as 2026-11-30; both included. */
  from?: string | undefined;
  to?: string | undefined;
  /** A part of the reference, or the gateway's whole id. */
  q?: string | undefined;
  /** The payment link that was followed. */
  link?: string | undefined;
  environment: Environment | null;
}

const LISTED =
  "id, created_at, environment, connection_id, reference, amount, currency, status, method, failure" as const;

export type ListedPayment = Pick<
  Row<"payments">,
  | "id"
  | "created_at"
  | "environment"
  | "connection_id"
  | "reference"
  | "amount"
  | "currency"
  | "status"
  | "method"
  | "failure"
>;

export const paymentKeys = {
  all: (organizationId: string) => ["payments", organizationId] as const,
  list: (organizationId: string, filters: PaymentFilters) =>
    [...paymentKeys.all(organizationId), "list", filters] as const,
  one: (organizationId: string, id: string) => [...paymentKeys.all(organizationId), "one", id] as const,
};

/** Payments that fit all filters, newest first; live. */
export function usePayments(filters: PaymentFilters) {
  const { id, time_zone } = useOrganization();
  return useCursorPages<ListedPayment>({
    queryKey: paymentKeys.list(id, filters),
    at: (payment) => payment.created_at,
    fetchPage: (cursor, signal) => {
      let query = supabase().from("payments").select(LISTED).eq("organization_id", id);
      const status = PAYMENT_STATUSES.find((each) => each === filters.status);
      if (status) query = query.eq("status", status);
      if (filters.connection) query = query.eq("connection_id", filters.connection);
      if (filters.method) query = query.eq("method", filters.method);
      if (filters.link) query = query.eq("payment_link_id", filters.link);
      if (filters.environment) query = query.eq("environment", filters.environment);
      // Amounts go as text: a float would be another amount.
      if (filters.minimum) query = query.filter("amount", "gte", filters.minimum);
      if (filters.maximum) query = query.filter("amount", "lte", filters.maximum);
      if (filters.from) query = query.gte("created_at", dayOf(filters.from, time_zone).toISOString());
      if (filters.to) query = query.lt("created_at", dayOf(filters.to, time_zone, 1).toISOString());
      if (filters.q) query = query.or(searched(filters.q));
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

/** For `.or(…)`: the reference contains the text, or the gateway calls the payment so. */
export function searched(text: string): string {
  const quoted = (value: string) => `"${value.replace(/["\\]/g, "\\$&")}"`;
  const literal = text.replace(/[\\%_]/g, "\\$&");
  return `reference.ilike.${quoted(`%${literal}%`)},provider_payment_id.eq.${quoted(text)}`;
}

/** When a day of the calendar begins in a time zone, or the one `later` days after it. */
export function dayOf(date: string, timeZone: string, later = 0): Date {
  // At ten in the morning by UTC it is the same date in all zones from ten hours behind to fourteen ahead.
  return startOfDay(timeZone, -later, new Date(`${date}T10:00:00Z`));
}
