/** What people do to posts: publish, change, call off, try again, take back. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { postKeys } from "./posts";
import { finishedAbout } from "./operations";
import { type Arguments, rpc } from "@/lib/supabase";

function usePostChange<A, R>(change: (args: A) => Promise<R>) {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: postKeys.all(id) }),
  });
}

/** A post for each account: at once, at a time, or kept as drafts. */
export function usePublish() {
  const { id } = useOrganization();
  return usePostChange((args: Omit<Arguments<"publish_post">, "organization_id">) =>
    rpc("publish_post", { ...args, organization_id: id }),
  );
}

/** Change a draft or a scheduled post; what is left out stays. */
export function useUpdatePost() {
  return usePostChange((args: Arguments<"update_post">) => rpc("update_post", args));
}

/** Change a draft, and have it published. */
export function usePublishDraft() {
  return usePostChange(
    async ({
      changes,
      ...args
    }: Arguments<"publish_draft"> & { changes: Omit<Arguments<"update_post">, "post_id"> }) => {
      if (Object.keys(changes).length > 0) await rpc("update_post", { ...changes, post_id: args.post_id });
      return rpc("publish_draft", args);
    },
  );
}

export function useCancelPost() {
  return usePostChange((postId: string) => rpc("cancel_post", { post_id: postId }));
}

export function useRetryPost() {
  return usePostChange((postId: string) => rpc("retry_post", { post_id: postId }));
}

/** Have a post counted soon. */
export function useMeasurePost() {
  return usePostChange((postId: string) => rpc("measure_post", { post_id: postId }));
}

/** Say what became of a post whose network never answered; without an id it is not there. */
export function useResolvePost() {
  return usePostChange((args: Arguments<"resolve_post">) => rpc("resolve_post", args));
}

/** Take a post back; ends when the network has done so. */
export function useDeletePost() {
  return usePostChange(async (args: Arguments<"delete_post">) => {
    const post = await rpc("delete_post", args);
    if (post.status === "published") await finishedAbout(args.post_id, "post.delete");
  });
}

/** Change the text of a published post; ends when the network has done so. */
export function useEditPost() {
  return usePostChange(async (args: Arguments<"edit_post">) => {
    await rpc("edit_post", args);
    await finishedAbout(args.post_id, "post.edit");
  });
}
