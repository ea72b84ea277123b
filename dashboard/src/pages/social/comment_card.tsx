/** One comment, and what can be done about it: answer, hide, take away. */
import { type ReactNode, useState } from "react";
import { Eye, EyeOff, Reply, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { type Comment, useDeleteComment, useHideComment, useReply } from "@/hooks/comments";
import { useNetworks } from "@/hooks/networks";
import { Badge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Time } from "@/ui/time";
import { tellDone, tellProblem } from "@/ui/toast";
import { CommentForm } from "./comment_form";

export function CommentCard({ comment, onPost }: { comment: Comment; onPost?: () => void }) {
  const { t } = useTranslation("social");
  const failure = comment.failure as { message?: string } | null;
  return (
    <article className="rounded-box border border-line bg-surface px-4 py-3">
      <header className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium">
          <bdi>{comment.author_name ?? t("comments.somebody")}</bdi>
        </span>
        {comment.is_ours && <Badge tone="info">{t("comments.our_own")}</Badge>}
        {comment.is_first && <Badge>{t("comments.first")}</Badge>}
        {comment.is_hidden && <Badge icon={EyeOff}>{t("comments.hidden")}</Badge>}
        {comment.status !== "seen" && comment.status !== "published" && <Status state={comment.status} />}
        <span className="ms-auto text-[13px] text-muted">
          <Time at={comment.commented_at ?? comment.created_at} />
        </span>
      </header>
      <p className="mt-1 break-words whitespace-pre-wrap" dir="auto">
        {comment.text}
      </p>
      {failure?.message !== undefined && (
        <p className="mt-1 text-[13px] text-bad" lang="en" dir="auto">
          {failure.message}
        </p>
      )}
      {onPost && <PostLine comment={comment} onPost={onPost} />}
      <Deeds comment={comment} />
    </article>
  );
}

function PostLine({ comment: { post }, onPost }: { comment: Comment; onPost: () => void }) {
  const { t } = useTranslation("social");
  const network = useNetworks().data?.get(post.account.connection.provider_key);
  return (
    <button
      type="button"
      onClick={onPost}
      className="mt-2 flex w-full min-w-0 items-center gap-2 rounded bg-sunken px-2 py-1 text-start text-[13px] text-muted hover:text-ink"
    >
      <span className="shrink-0">
        <bdi>{post.account.name}</bdi> · {network?.name ?? post.account.connection.provider_key}
      </span>
      <span className="truncate" dir="auto">
        {post.text || t("comments.post_without_text")}
      </span>
    </button>
  );
}

function Deeds({ comment }: { comment: Comment }) {
  const { t } = useTranslation("social");
  const [answering, setAnswering] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const reply = useReply();
  const hide = useHideComment();
  const remove = useDeleteComment();
  const network = useNetworks().data?.get(comment.post.account.connection.provider_key);
  if (!useMay("developer") || comment.status === "deleted") return null;
  const there = comment.provider_comment_id !== null && comment.post.status === "published";
  const reachable = ["active", "needs_attention"].includes(comment.post.account.connection.status);
  const can = (capability: string) => network?.capabilities.includes(capability) === true;
  const mayWrite = can("writes_comments");
  const why = reachable ? undefined : t("comments.cut_off");
  return (
    <>
      <div className="mt-2 flex flex-wrap gap-1">
        {there && mayWrite && (
          <Deed icon={<Reply className="size-3.5" aria-hidden />} why={why} onClick={() => setAnswering(!answering)}>
            {t("comments.answer")}
          </Deed>
        )}
        {there && !comment.is_ours && can("hides_comments") && (
          <Deed
            icon={
              comment.is_hidden ? <Eye className="size-3.5" aria-hidden /> : <EyeOff className="size-3.5" aria-hidden />
            }
            why={why}
            busy={hide.isPending}
            onClick={() =>
              hide.mutate(
                { comment_id: comment.id, hidden: !comment.is_hidden },
                {
                  onSuccess: () => tellDone(t(comment.is_hidden ? "comments.shown_again" : "comments.now_hidden")),
                  onError: tellProblem,
                },
              )
            }
          >
            {t(comment.is_hidden ? "comments.show" : "comments.hide")}
          </Deed>
        )}
        {((there && mayWrite) || comment.status === "failed" || comment.status === "pending") && (
          <Deed
            icon={<Trash2 className="size-3.5" aria-hidden />}
            why={there ? why : undefined}
            onClick={() => setDeleting(true)}
          >
            {t("comments.delete")}
          </Deed>
        )}
      </div>
      {answering && (
        <CommentForm
          label={t("comments.answer_label", { name: comment.author_name ?? t("comments.somebody") })}
          longest={network?.longest_comment}
          onSend={(text, key) => reply.mutateAsync({ comment_id: comment.id, text, idempotency_key: key })}
          onDone={() => {
            setAnswering(false);
            tellDone(t("comments.answered"));
          }}
          onCancel={() => setAnswering(false)}
        />
      )}
      <Confirm
        open={deleting}
        onOpenChange={setDeleting}
        title={t("comments.delete_title")}
        action={t("comments.delete")}
        onConfirm={() => remove.mutateAsync(comment.id)}
      >
        <p>{t(there ? "comments.delete_text" : "comments.drop_text")}</p>
        <blockquote className="mt-2 border-s-2 border-line ps-3 break-words text-muted" dir="auto">
          {comment.text}
        </blockquote>
      </Confirm>
    </>
  );
}

interface DeedProps {
  icon: ReactNode;
  children: ReactNode;
  onClick: () => void;
  busy?: boolean;
  /** Why it cannot be done; undefined: it can. */
  why: string | undefined;
}

function Deed({ icon, children, onClick, busy = false, why }: DeedProps) {
  return (
    <Button look="quiet" size="small" busy={busy} disabled={why !== undefined} title={why} onClick={onClick}>
      {icon}
      {children}
    </Button>
  );
}
