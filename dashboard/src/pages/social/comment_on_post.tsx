/** The way to say something below a post of one's own. */
import { useState } from "react";
import { MessageSquarePlus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useCommentOnPost } from "@/hooks/comments";
import { useNetworks } from "@/hooks/networks";
import type { Post } from "@/hooks/posts";
import { Button } from "@/ui/button";
import { tellDone } from "@/ui/toast";
import { CommentForm } from "./comment_form";

export function CommentOnPost({ post }: { post: Post }) {
  const { t } = useTranslation("social");
  const [open, setOpen] = useState(false);
  const comment = useCommentOnPost();
  const network = useNetworks().data?.get(post.account.connection.provider_key);
  const reachable = ["active", "needs_attention"].includes(post.account.connection.status);
  if (!useMay("developer") || !reachable || network?.capabilities.includes("writes_comments") !== true) return null;
  if (!open) {
    return (
      <Button size="small" className="mt-3" onClick={() => setOpen(true)}>
        <MessageSquarePlus className="size-3.5" aria-hidden />
        {t("comments.write")}
      </Button>
    );
  }
  return (
    <CommentForm
      label={t("comments.write_label", { name: post.account.name })}
      longest={network.longest_comment}
      onSend={(text, key) => comment.mutateAsync({ post_id: post.id, text, idempotency_key: key })}
      onDone={() => {
        setOpen(false);
        tellDone(t("comments.written"));
      }}
      onCancel={() => setOpen(false)}
    />
  );
}
