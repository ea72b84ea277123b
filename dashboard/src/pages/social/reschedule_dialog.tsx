/** Another time for a post that is not published yet; a draft becomes scheduled. */
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { usePublishDraft, useUpdatePost } from "@/hooks/post_changes";
import type { Post } from "@/hooks/posts";
import { wallTime } from "@/lib/format";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ProblemText } from "@/ui/states";
import { tellDone } from "@/ui/toast";
import { suggestedTime, TimeField, timeProblem } from "./time_field";

export function RescheduleDialog({ post, onClose }: { post: Post; onClose: () => void }) {
  const { t } = useTranslation(["social", "common"]);
  const { time_zone } = useOrganization();
  const form = useId();
  const [at, setAt] = useState(() =>
    post.scheduled_at === null ? suggestedTime(time_zone) : wallTime(post.scheduled_at, time_zone),
  );
  const update = useUpdatePost();
  const publish = usePublishDraft();
  const [error, setError] = useState<unknown>(null);
  const problem = timeProblem(at, time_zone);
  const submit = async () => {
    setError(null);
    const when = { post_id: post.id, scheduled_at: at, time_zone };
    try {
      await (post.status === "draft" ? publish.mutateAsync({ ...when, changes: {} }) : update.mutateAsync(when));
      tellDone(t("post.rescheduled"));
      onClose();
    } catch (reason) {
      setError(reason);
    }
  };
  const refused = error === null ? null : asProblem(error);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="small"
      title={t(post.status === "draft" ? "post.schedule" : "post.reschedule")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button
            type="submit"
            form={form}
            look="primary"
            busy={update.isPending || publish.isPending}
            disabled={problem !== null}
          >
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TimeField
          value={at}
          onChange={setAt}
          error={problem ? t(`problems.${problem}`) : refused?.field === "scheduled_at" ? refused.message : undefined}
        />
        {refused !== null && refused.field !== "scheduled_at" && (
          <p role="alert" className="mt-3 text-bad">
            <ProblemText error={refused} />
          </p>
        )}
      </form>
    </Dialog>
  );
}
