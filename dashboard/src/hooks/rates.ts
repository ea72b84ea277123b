/** Prices: every carrier is asked at once, and what came in time is ranked. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod/mini";
import { useOrganization } from "@/app/organization";
import { WAITING_MS } from "@/lib/live";
import { type Arguments, dataOf, type Row, rpc, supabase, type WholeRow } from "@/lib/supabase";

export type Rate = Row<"shipment_rates">;

const failures = z.array(
  z.object({
    connection_id: z.string(),
    provider: z.string(),
    code: z.string(),
    message: z.catch(z.string(), ""),
    name: z.catch(z.optional(z.string()), undefined),
  }),
);

/** Why a carrier named no price. */
export type RateFailure = z.infer<typeof failures>[number];

/** What was asked, and what was answered. */
export interface Quote extends Omit<WholeRow<"shipment_quotes">, "failures"> {
  failures: RateFailure[];
  /** The best first; none while it is pending. */
  rates: Rate[];
}

export const quoteKeys = {
  one: (organizationId: string, quoteId: string) => ["quotes", organizationId, quoteId] as const,
};

/** Ask for prices; answers with the quote, still pending. */
export function useAskForPrices() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: (args: Omit<Arguments<"quote_shipment">, "organization_id">) =>
      rpc("quote_shipment", { ...args, organization_id: id }),
    onSuccess: (quote) => client.removeQueries({ queryKey: quoteKeys.one(id, quote.id) }),
  });
}

/** A quote with its rates; looked at again until it is ready. */
export function useQuote(quoteId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: quoteKeys.one(id, quoteId),
    queryFn: async ({ signal }): Promise<Quote> => {
      const quote: WholeRow<"shipment_quotes"> = await dataOf(
        supabase()
          .from("shipment_quotes")
          .select("*, asked")
          .eq("organization_id", id)
          .eq("id", quoteId)
          .abortSignal(signal)
          .single(),
      );
      const rates =
        quote.status === "ready"
          ? await dataOf(
              supabase()
                .from("shipment_rates")
                .select("*")
                .eq("organization_id", id)
                .eq("quote_id", quoteId)
                .order("rank")
                .abortSignal(signal),
            )
          : [];
      return { ...quote, failures: failures.parse(quote.failures), rates };
    },
    refetchInterval: (query) => (query.state.data?.status === "pending" ? WAITING_MS : false),
  });
}
