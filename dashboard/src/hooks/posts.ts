/** Posts on social networks: lists, one with its history, and how they do. What is done to them: post_changes.ts. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import type { Environment } from "./connections";
import { afterCursor, type Cursor, PAGE_SIZE, useCursorPages } from "./cursor_pages";
import { every, FIGURES_MS, LIST_MS } from "@/lib/live";
import { dataOf, type Enum, type Row, supabase } from "@/lib/supabase";

export type PostStatus = Enum<"post_status">;
export const POST_STATES = [
  "draft",
  "scheduled",
  "publishing",
  "published",
  "failed",
  "cancelled",
  "deleted",
] as const satisfies readonly PostStatus[];

export interface PostFilters {
  environment: Environment | null;
  status?: string | undefined;
  account?: string | undefined;
  connection?: string | undefined;
  network?: string | undefined;
  /** Found anywhere in the text. */
  text?: string | undefined;
}

export const postKeys = {
  all: (organizationId: string) => ["posts", organizationId] as const,
  list: (organizationId: string, filters: PostFilters) => [...postKeys.all(organizationId), "list", filters] as const,
  between: (organizationId: string, from: string, until: string, environment: Environment | null) =>
    [...postKeys.all(organizationId), "between", from, until, environment] as const,
  one: (organizationId: string, postId: string) => [...postKeys.all(organizationId), "one", postId] as const,
  engagement: (organizationId: string, postId: string) =>
    [...postKeys.all(organizationId), "engagement", postId] as const,
  operations: (organizationId: string, postId: string) =>
    [...postKeys.all(organizationId), "operations", postId] as const,
};

/** A post with its account. */
export interface Post extends Row<"social_posts"> {
  account: Pick<Row<"social_media_accounts">, "id" | "name" | "handle" | "picture_url"> & {
    connection: Pick<Row<"integration_connections">, "id" | "provider_key" | "environment" | "status">;
  };
}
const COLUMNS =
  "*, account:social_media_accounts!inner(id, name, handle, picture_url, connection:integration_connections!inner(id, provider_key, environment, status))";

/** The present ones, newest first; live. */
export function usePosts(filters: PostFilters) {
  const { id } = useOrganization();
  return useCursorPages<Post>({
    queryKey: postKeys.list(id, filters),
    at: (post) => post.created_at,
    fetchPage: (cursor, signal) => fetchPage(id, filters, cursor, signal),
  });
}

function fetchPage(
  organizationId: string,
  { environment, status, account, connection, network, text }: PostFilters,
  cursor: Cursor | null,
  signal: AbortSignal,
): Promise<Post[]> {
  let query = supabase().from("social_posts").select(COLUMNS).eq("organization_id", organizationId);
  const known = POST_STATES.find((each) => each === status);
  if (known) query = query.eq("status", known);
  if (account !== undefined) query = query.eq("account_id", account);
  if (connection !== undefined) query = query.eq("account.connection_id", connection);
  if (network !== undefined) query = query.eq("account.connection.provider_key", network);
  if (environment) query = query.eq("account.connection.environment", environment);
  if (text !== undefined) query = query.ilike("text", `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`);
  if (cursor) query = query.or(afterCursor("created_at", cursor));
  return dataOf(
    query
      .order("created_at", { ascending: false })
      .order("id", { ascending: false })
      .limit(PAGE_SIZE)
      .abortSignal(signal),
  );
}

/** How many posts a calendar or a chart shows at most. */
export const MOST_AT_ONCE = 1_000;

/** What is, or was, to be published between two moments; what was called off or deleted is left out. Live. */
export function usePostsBetween(from: string, until: string, environment: Environment | null) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: postKeys.between(id, from, until, environment),
    queryFn: ({ signal }): Promise<Post[]> => {
      const within = (column: string) => `and(${column}.gte.${from},${column}.lt.${until})`;
      let query = supabase()
        .from("social_posts")
        .select(COLUMNS)
        .eq("organization_id", id)
        .not("status", "in", "(cancelled,deleted)")
        .or(`${within("scheduled_at")},${within("published_at")}`);
      if (environment) query = query.eq("account.connection.environment", environment);
      return dataOf(query.order("id", { ascending: false }).limit(MOST_AT_ONCE).abortSignal(signal));
    },
    // The calendar stays, with the focus in it, while another month is read.
    placeholderData: keepPreviousData,
    refetchInterval: every(LIST_MS),
  });
}

/** When a post was published, or is to be; null: it has no time. */
export function momentOf({ published_at, scheduled_at }: Pick<Post, "published_at" | "scheduled_at">): string | null {
  return published_at ?? scheduled_at;
}

/** One post; live. */
export function usePost(postId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: postKeys.one(id, postId),
    queryFn: ({ signal }): Promise<Post> =>
      dataOf(
        supabase()
          .from("social_posts")
          .select(COLUMNS)
          .eq("organization_id", id)
          .eq("id", postId)
          .abortSignal(signal)
          .single(),
      ),
    refetchInterval: every(LIST_MS / 2),
  });
}

/** What workers were asked to do about a post, the first first; live. */
export function usePostOperations(postId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: postKeys.operations(id, postId),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("operations")
          .select("id, kind, status, attempts, error, created_at, finished_at")
          .eq("organization_id", id)
          .eq("subject_id", postId)
          .order("created_at")
          .limit(100)
          .abortSignal(signal),
      ),
    refetchInterval: every(LIST_MS / 2),
  });
}

/** How a post did over time, the first moment first. */
export function usePostEngagement(postId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: postKeys.engagement(id, postId),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("social_engagement")
          .select("*")
          .eq("organization_id", id)
          .eq("post_id", postId)
          .order("taken_at")
          .limit(MOST_AT_ONCE)
          .abortSignal(signal),
      ),
    refetchInterval: every(FIGURES_MS),
  });
}
