/** Comments: what people say below posts, and the answers. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import type { Environment } from "./connections";
import { afterCursor, type Cursor, PAGE_SIZE, useCursorPages } from "./cursor_pages";
import { finishedAbout } from "./operations";
import { type Arguments, dataOf, type Enum, type Row, rpc, supabase } from "@/lib/supabase";

export const COMMENT_STATES = [
  "seen",
  "pending",
  "published",
  "failed",
  "deleted",
] as const satisfies readonly Enum<"comment_status">[];

export interface CommentFilters {
  environment: Environment | null;
  status?: string | undefined;
  account?: string | undefined;
  post?: string | undefined;
  connection?: string | undefined;
  /** ours: the accounts' own; others: of other people. */
  from?: "ours" | "others" | undefined;
}

export const commentKeys = {
  all: (organizationId: string) => ["comments", organizationId] as const,
  list: (organizationId: string, filters: CommentFilters) =>
    [...commentKeys.all(organizationId), "list", filters] as const,
};

/** A comment with the post it stands below. */
export interface Comment extends Row<"social_comments"> {
  post: Pick<Row<"social_posts">, "id" | "text" | "status" | "permalink"> & {
    account: Pick<Row<"social_media_accounts">, "id" | "name"> & {
      connection: Pick<Row<"integration_connections">, "provider_key" | "environment" | "status">;
    };
  };
}
const COLUMNS =
  "*, post:social_posts!inner(id, text, status, permalink, account:social_media_accounts!inner(id, name, connection:integration_connections!inner(provider_key, environment, status)))";

/** Newest first; live. */
export function useComments(filters: CommentFilters) {
  const { id } = useOrganization();
  return useCursorPages<Comment>({
    queryKey: commentKeys.list(id, filters),
    at: (comment) => comment.created_at,
    fetchPage: (cursor, signal) => fetchPage(id, filters, cursor, signal),
  });
}

function fetchPage(
  organizationId: string,
  { environment, status, account, post, connection, from }: CommentFilters,
  cursor: Cursor | null,
  signal: AbortSignal,
): Promise<Comment[]> {
  let query = supabase().from("social_comments").select(COLUMNS).eq("organization_id", organizationId);
  const known = COMMENT_STATES.find((each) => each === status);
  query = known ? query.eq("status", known) : query.neq("status", "deleted");
  if (post !== undefined) query = query.eq("post_id", post);
  if (from !== undefined) query = query.eq("is_ours", from === "ours");
  if (account !== undefined) query = query.eq("post.account_id", account);
  if (connection !== undefined) query = query.eq("post.account.connection_id", connection);
  if (environment) query = query.eq("post.account.connection.environment", environment);
  if (cursor) query = query.or(afterCursor("created_at", cursor));
  return dataOf(
    query
      .order("created_at", { ascending: false })
      .order("id", { ascending: false })
      .limit(PAGE_SIZE)
      .abortSignal(signal),
  );
}

function useCommentChange<A, R>(change: (args: A) => Promise<R>) {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: commentKeys.all(id) }),
  });
}

/** Comment on a post as its account; ends when the network has it. */
export function useCommentOnPost() {
  return useCommentChange(async (args: Arguments<"comment_on_post">) => {
    const comment = await rpc("comment_on_post", args);
    await finishedAbout(comment.id, "comment.create");
  });
}

/** Answer a comment as the account; ends when the network has the answer. */
export function useReply() {
  return useCommentChange(async (args: Arguments<"reply_to_comment">) => {
    const comment = await rpc("reply_to_comment", args);
    await finishedAbout(comment.id, "comment.create");
  });
}

/** Hide a comment or show it again; ends when the network has done so. */
export function useHideComment() {
  return useCommentChange(async (args: Arguments<"hide_comment">) => {
    await rpc("hide_comment", args);
    await finishedAbout(args.comment_id, "comment.hide");
  });
}

/** Take a comment away; ends when it is gone. */
export function useDeleteComment() {
  return useCommentChange(async (commentId: string) => {
    const comment = await rpc("delete_comment", { comment_id: commentId });
    if (comment.status !== "deleted") await finishedAbout(commentId, "comment.delete");
  });
}
