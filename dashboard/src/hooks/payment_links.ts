/** Payment links: what to send to a payer. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { configQuery } from "@/lib/config";
import { type Arguments, dataOf, type Enum, type Row, rpc, supabase } from "@/lib/supabase";
import type { Environment } from "./connections";
import { afterCursor, PAGE_SIZE, useCursorPages } from "./cursor_pages";

export const LINK_STATUSES = ["active", "paid", "disabled"] as const satisfies readonly Enum<"payment_link_status">[];

const LISTED =
  "id, created_at, environment, token, status, amount, currency, reference, description, single_use, expires_at, paid_payment_id" as const;

export type PaymentLink = Pick<
  Row<"payment_links">,
  | "id"
  | "created_at"
  | "environment"
  | "token"
  | "status"
  | "amount"
  | "currency"
  | "reference"
  | "description"
  | "single_use"
  | "expires_at"
  | "paid_payment_id"
>;

interface LinkFilters {
  status?: string | undefined;
  /** The whole reference. */
  q?: string | undefined;
  environment: Environment | null;
}

const linkKeys = { all: (organizationId: string) => ["payment_links", organizationId] as const };

/** Newest first; live. */
export function usePaymentLinks(filters: LinkFilters) {
  const { id } = useOrganization();
  return useCursorPages<PaymentLink>({
    queryKey: [...linkKeys.all(id), filters],
    at: (link) => link.created_at,
    fetchPage: (cursor, signal) => {
      let query = supabase().from("payment_links").select(LISTED).eq("organization_id", id);
      const status = LINK_STATUSES.find((each) => each === filters.status);
      if (status) query = query.eq("status", status);
      if (filters.q) query = query.eq("reference", filters.q);
      if (filters.environment) query = query.eq("environment", filters.environment);
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

/** One's status as people see it: an active one whose time is over is expired. */
export function linkState({ status, expires_at }: Pick<PaymentLink, "status" | "expires_at">, now: Date): string {
  return status === "active" && expires_at !== null && new Date(expires_at) <= now ? "expired" : status;
}

/** Makes the address that is sent to a payer from a link's token; undefined until the hub's own is known. */
export function usePayAddress(): ((token: string) => string) | undefined {
  const { data } = useQuery(configQuery);
  return data && ((token) => `${data.url}/functions/v1/pay/${token}`);
}

/** Make a link. The caller gives the idempotency key. */
export function useCreateLink() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: (args: Omit<Arguments<"create_payment_link">, "organization_id">) =>
      rpc("create_payment_link", { ...args, organization_id: id }),
    onSuccess: () => client.invalidateQueries({ queryKey: linkKeys.all(id) }),
  });
}

/** Let nobody begin to pay by a link any more. */
export function useDisableLink() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: (linkId: string) => rpc("disable_payment_link", { payment_link_id: linkId }),
    onSettled: () => client.invalidateQueries({ queryKey: linkKeys.all(id) }),
  });
}
