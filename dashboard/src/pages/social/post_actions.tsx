/** What can be done with a post in the state that it is in. */
import { useState } from "react";
import { BarChart3, CalendarClock, Copy, PenLine, RotateCcw, Send, Trash2, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import type { Network } from "@/hooks/networks";
import { useCancelPost, useDeletePost, useMeasurePost, usePublishDraft, useRetryPost } from "@/hooks/post_changes";
import type { Post } from "@/hooks/posts";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { tellDone, tellProblem } from "@/ui/toast";
import { EditDialog } from "./edit_dialog";
import { RescheduleDialog } from "./reschedule_dialog";
import { useSearch } from "./search";

type Open = "reschedule" | "edit" | "cancel" | "delete";

export function PostActions({ post, network }: { post: Post; network: Network | undefined }) {
  const { t } = useTranslation("social");
  const [, set] = useSearch();
  const [open, setOpen] = useState<Open | null>(null);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const retry = useRetryPost();
  const publish = usePublishDraft();
  const cancel = useCancelPost();
  const remove = useDeletePost();
  const measure = useMeasurePost();
  if (!useMay("developer")) return null;
  const { status, id } = post;
  const reachable = ["active", "needs_attention"].includes(post.account.connection.status);
  const can = (capability: string) => reachable && network?.capabilities.includes(capability) === true;
  const told = (done: string) => ({ onSuccess: () => tellDone(done), onError: tellProblem });
  const close = () => setOpen(null);
  const start = (what: Open) => {
    setKey(crypto.randomUUID());
    setOpen(what);
  };
  const unpublished = status === "draft" || status === "scheduled";
  const droppable = status === "draft" || status === "failed" || status === "cancelled";
  return (
    <div className="flex flex-wrap gap-2">
      {status === "failed" && (
        <Button look="primary" busy={retry.isPending} onClick={() => retry.mutate(id, told(t("post.retried")))}>
          <RotateCcw className="size-4" aria-hidden />
          {t("post.retry")}
        </Button>
      )}
      {unpublished && (
        <Button onClick={() => set({ compose: id, post: undefined })}>
          <PenLine className="size-4" aria-hidden />
          {t("post.change")}
        </Button>
      )}
      {status === "draft" && (
        <Button
          look="primary"
          busy={publish.isPending}
          onClick={() =>
            // A draft may have a time of its own, which "now" stands above.
            publish.mutate(
              { post_id: id, scheduled_at: new Date().toISOString(), changes: {} },
              told(t("post.being_published")),
            )
          }
        >
          <Send className="size-4" aria-hidden />
          {t("compose.publish_now")}
        </Button>
      )}
      {unpublished && (
        <Button onClick={() => start("reschedule")}>
          <CalendarClock className="size-4" aria-hidden />
          {t(status === "draft" ? "post.schedule" : "post.reschedule")}
        </Button>
      )}
      {status === "published" && can("edits_posts") && (
        <Button onClick={() => start("edit")}>
          <PenLine className="size-4" aria-hidden />
          {t("post.edit")}
        </Button>
      )}
      {status === "published" && can("measures_posts") && (
        <Button busy={measure.isPending} onClick={() => measure.mutate(id, told(t("post.measuring")))}>
          <BarChart3 className="size-4" aria-hidden />
          {t("post.measure")}
        </Button>
      )}
      <Button onClick={() => set({ compose: "new", copy: id, post: undefined })}>
        <Copy className="size-4" aria-hidden />
        {t("post.copy")}
      </Button>
      {(status === "scheduled" || status === "publishing") && (
        <Button look="danger" onClick={() => start("cancel")}>
          <X className="size-4" aria-hidden />
          {t("post.cancel")}
        </Button>
      )}
      {(droppable || (status === "published" && can("deletes_posts"))) && (
        <Button look="danger" onClick={() => start("delete")}>
          <Trash2 className="size-4" aria-hidden />
          {t("post.delete")}
        </Button>
      )}
      {open === "reschedule" && <RescheduleDialog post={post} onClose={close} />}
      {open === "edit" && <EditDialog post={post} network={network} onClose={close} />}
      <Confirm
        open={open === "cancel"}
        onOpenChange={close}
        title={t("post.cancel_title")}
        action={t("post.cancel")}
        onConfirm={() => cancel.mutateAsync(id)}
      >
        {t(status === "publishing" ? "post.cancel_publishing" : "post.cancel_text")}
      </Confirm>
      <Confirm
        open={open === "delete"}
        onOpenChange={close}
        title={t("post.delete_title")}
        action={t("post.delete")}
        onConfirm={() => remove.mutateAsync({ post_id: id, idempotency_key: key })}
      >
        {status === "published"
          ? t("post.delete_published", { account: post.account.name, network: network?.name ?? "" })
          : t("post.delete_text")}
      </Confirm>
    </div>
  );
}
