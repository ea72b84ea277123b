/** Has webhook events processed again: how many first, then how far it is. */
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { useReplayableCount, useReplayWebhookEvents, type WebhookEventFilters } from "@/hooks/webhook_events";
import { formatCount } from "@/lib/format";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ProblemText, Result } from "@/ui/states";
import { Progress } from "./shared";

interface Props {
  of: WebhookEventFilters | { ids: readonly string[] };
  onClose: () => void;
}

export function ReplayEvents({ of, onClose }: Props) {
  // What was asked for at first, whatever the list behind does meanwhile.
  const [asked] = useState(of);
  return "ids" in asked ? (
    <Replaying of={asked} total={asked.ids.length} erased={0} onClose={onClose} />
  ) : (
    <Counted filters={asked} onClose={onClose} />
  );
}

function Counted({ filters, onClose }: { filters: WebhookEventFilters; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  const count = useReplayableCount(filters);
  if (count.data) {
    return <Replaying of={filters} total={count.data.replayable} erased={count.data.erased} onClose={onClose} />;
  }
  return (
    <Dialog open onOpenChange={onClose} title={t("replay.title")} size="small">
      <Result query={count} lines={2}>
        {() => null}
      </Result>
    </Dialog>
  );
}

interface ReplayingProps extends Props {
  total: number;
  erased: number;
}

function Replaying({ of, total, erased, onClose }: ReplayingProps) {
  const { t } = useTranslation(["webhooks", "common"]);
  const style = useStyle();
  const replay = useReplayWebhookEvents();
  const [goal] = useState(total);
  const [done, setDone] = useState(0);
  const abort = useRef<AbortController>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const start = () => {
    abort.current = new AbortController();
    replay.mutate({ of, onProgress: setDone, signal: abort.current.signal });
  };
  const figures = { done: formatCount(done, style), total: formatCount(goal, style) };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("replay.title")}
      size="small"
      footer={
        replay.isSuccess ? (
          <Button look="primary" onClick={onClose}>
            {t("common:actions.close")}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{replay.isPending ? t("replay.stop") : t("common:actions.cancel")}</Button>
            <Button look="primary" busy={replay.isPending} disabled={goal === 0} onClick={start}>
              {t("replay.action", { count: goal, shown: figures.total })}
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-3">
        {replay.isIdle && (
          <>
            <p>{t("replay.events", { count: goal, shown: figures.total })}</p>
            <p className="text-muted">{t("replay.events_why")}</p>
          </>
        )}
        {erased > 0 && (
          <p className="text-muted">{t("replay.erased", { count: erased, shown: formatCount(erased, style) })}</p>
        )}
        {!replay.isIdle && (
          <div role="status" className="flex flex-col gap-2">
            <Progress label={t("replay.title")} done={done} total={goal} />
            <p className="tabular">
              {replay.isSuccess
                ? t("replay.done", { count: done, shown: figures.done })
                : t("replay.progress", figures)}
            </p>
          </div>
        )}
        {replay.error && (
          <p role="alert" className="text-bad">
            <ProblemText error={replay.error} />
          </p>
        )}
      </div>
    </Dialog>
  );
}
