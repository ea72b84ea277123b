/** Campaigns, audiences and deals, as the tools told of them last. What a tool does not tell is null, never 0. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, FIGURES_MS } from "@/lib/live";
import { dataOf, type Row, supabase } from "@/lib/supabase";
import { afterCursor, type Cursor, nextCursor, PAGE_SIZE } from "./cursor_pages";

export type Campaign = Row<"marketing_campaigns">;
export type CampaignDay = Row<"marketing_campaign_figures">;
export type Audience = Row<"marketing_audiences">;
export type Deal = Row<"marketing_deals">;

export interface ToolFilters {
  /** Of these connections; null: of all. */
  connections: readonly string[] | null;
  status?: string | undefined;
}

const key = (organizationId: string, ...parts: unknown[]) => ["marketing", organizationId, ...parts] as const;

type ToolTable = "marketing_campaigns" | "marketing_audiences" | "marketing_deals";

/** Those first that the hub has learned of last; what is gone at the tool is left out. */
function newest(table: ToolTable, organizationId: string, { connections }: ToolFilters, page: Cursor | null) {
  // The three tables are alike in all that is asked here.
  let query = supabase()
    .from(table as "marketing_campaigns")
    .select("*")
    .eq("organization_id", organizationId)
    .is("removed_at", null);
  if (connections) query = query.in("connection_id", connections);
  if (page) query = query.or(afterCursor("created_at", page));
  return query.order("created_at", { ascending: false }).order("id", { ascending: false }).limit(PAGE_SIZE);
}

/** Campaigns with their figures; live. */
export function useCampaigns(filters: ToolFilters) {
  const { id } = useOrganization();
  return useInfiniteQuery({
    queryKey: key(id, "campaigns", filters),
    queryFn: ({ pageParam, signal }): Promise<Campaign[]> => {
      let query = newest("marketing_campaigns", id, filters, pageParam);
      if (filters.status !== undefined) query = query.eq("status", filters.status);
      return dataOf(query.abortSignal(signal));
    },
    initialPageParam: null as Cursor | null,
    getNextPageParam: (last) => nextCursor(last, (row) => row.created_at),
    refetchInterval: every(FIGURES_MS),
  });
}

/** One campaign; live. */
export function useCampaign(campaignId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: key(id, "campaign", campaignId),
    queryFn: ({ signal }): Promise<Campaign> =>
      dataOf(
        supabase()
          .from("marketing_campaigns")
          .select("*")
          .eq("organization_id", id)
          .eq("id", campaignId)
          .abortSignal(signal)
          .single(),
      ),
    refetchInterval: every(FIGURES_MS),
  });
}

const MOST_DAYS = 90;

/** How a campaign stood on each day that had news, the oldest first; ninety of them at most. */
export function useCampaignDays(campaignId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: key(id, "days", campaignId),
    queryFn: async ({ signal }) => {
      const newestFirst = await dataOf(
        supabase()
          .from("marketing_campaign_figures")
          .select("*")
          .eq("organization_id", id)
          .eq("campaign_id", campaignId)
          .order("day", { ascending: false })
          .limit(MOST_DAYS)
          .abortSignal(signal),
      );
      return newestFirst.reverse();
    },
  });
}

/** Lists of contacts that campaigns go to; live. */
export function useAudiences(filters: ToolFilters) {
  const { id } = useOrganization();
  return useInfiniteQuery({
    queryKey: key(id, "audiences", filters),
    queryFn: ({ pageParam, signal }) =>
      dataOf(newest("marketing_audiences", id, filters, pageParam).abortSignal(signal)) as unknown as Promise<
        Audience[]
      >,
    initialPageParam: null as Cursor | null,
    getNextPageParam: (last) => nextCursor(last, (row) => row.created_at),
    refetchInterval: every(FIGURES_MS),
  });
}

/** Deals; `status`: open, won or lost. Live. */
export function useDeals(filters: ToolFilters) {
  const { id } = useOrganization();
  return useInfiniteQuery({
    queryKey: key(id, "deals", filters),
    queryFn: ({ pageParam, signal }) => {
      let query = newest("marketing_deals", id, filters, pageParam);
      const is = (column: string, value: boolean) => (query = query.is(column as "removed_at", value as never));
      if (filters.status === "open") is("is_closed", false);
      if (filters.status === "won") is("is_won", true);
      if (filters.status === "lost") {
        is("is_closed", true);
        is("is_won", false);
      }
      return dataOf(query.abortSignal(signal)) as unknown as Promise<Deal[]>;
    },
    initialPageParam: null as Cursor | null,
    getNextPageParam: (last) => nextCursor(last, (row) => row.created_at),
    refetchInterval: every(FIGURES_MS),
  });
}
