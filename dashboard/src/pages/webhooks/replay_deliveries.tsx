/** Sends deliveries of a span of time anew: how many and to whom first, then how far it is. */
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type ReplayFilter, useReplayCounts, useReplayDeliveries, useReplayProgress } from "@/hooks/deliveries";
import { useSubscriptions } from "@/hooks/subscriptions";
import { formatCount, formatTime } from "@/lib/format";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Checkbox } from "@/ui/field";
import { ProblemText, Result } from "@/ui/states";
import { Progress, useSubscriptionsShown } from "./shared";

interface Props {
  span: ReplayFilter["span"];
  /** A pattern of types; null: all. */
  type: string | null;
  /** Left out: all of them. */
  subscription: string | undefined;
  /** Whether these are ticked at first. */
  dead?: boolean;
  delivered?: boolean;
  onClose: () => void;
}

export function ReplayDeliveries({ span: asked, type, subscription, dead = false, delivered = false, onClose }: Props) {
  const { t } = useTranslation(["webhooks", "common"]);
  const style = useStyle();
  const { data: subscriptions = [] } = useSubscriptions();
  // An open end is now, the moment at which the count was made.
  const [span] = useState(() => ({ ...asked, until: asked.until ?? new Date().toISOString() }));
  const [wanted, setWanted] = useState({ dead, delivered });
  const shown = useSubscriptionsShown() ?? subscriptions.map(({ id }) => id);
  const among = subscription ?? shown.join();
  const filter = useMemo(
    (): ReplayFilter => ({
      span,
      type,
      status: (["dead", "delivered"] as const).filter((status) => wanted[status]),
      subscriptions: among === "" ? [] : among.split(","),
    }),
    [span, type, wanted, among],
  );
  const counts = useReplayCounts(filter);
  const replay = useReplayDeliveries();
  // One key for each subscription and choice, so that pressing again repeats the same call.
  const [keys] = useState(() => new Map<string, string>());
  const start = () => {
    const wantedKeys = new Map(
      [...(counts.data?.keys() ?? [])].map((id) => {
        const choice = `${id} ${filter.status.join()}`;
        keys.set(choice, keys.get(choice) ?? crypto.randomUUID());
        return [id, keys.get(choice) ?? ""];
      }),
    );
    replay.mutate({ asked: filter, keys: wantedKeys });
  };
  const total = [...(counts.data?.values() ?? [])].reduce((sum, count) => sum + count, 0);
  const names = new Map(subscriptions.map(({ id, name }) => [id, name]));
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("replay.deliveries_title")}
      size="small"
      footer={
        replay.isSuccess ? (
          <Button look="primary" onClick={onClose}>
            {t("common:actions.close")}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
            <Button look="primary" busy={replay.isPending} disabled={total === 0} onClick={start}>
              {t("replay.send", { count: total, shown: formatCount(total, style) })}
            </Button>
          </>
        )
      }
    >
      {replay.isSuccess ? (
        <Going operationIds={replay.data.map(({ id }) => id)} />
      ) : (
        <div className="flex flex-col gap-3">
          <p className="text-muted">
            {t("replay.span", { since: formatTime(span.since, style), until: formatTime(span.until, style) })}
            {type !== null && (
              <>
                {" · "}
                <code dir="ltr">{type}</code>
              </>
            )}
          </p>
          <fieldset className="flex flex-wrap gap-4">
            <legend className="sr-only">{t("columns.status")}</legend>
            {(["dead", "delivered"] as const).map((status) => (
              <Checkbox
                key={status}
                label={t(`common:status.${status}`)}
                checked={wanted[status]}
                onChange={(event) => setWanted({ ...wanted, [status]: event.target.checked })}
              />
            ))}
          </fieldset>
          {filter.status.length > 0 && (
            <Result query={counts} lines={2}>
              {(found) => (
                <>
                  <p className="font-medium">
                    {t("replay.deliveries", { count: total, shown: formatCount(total, style) })}
                  </p>
                  <ul className="flex flex-col gap-1">
                    {[...found].map(([id, count]) => (
                      <li key={id} className="flex justify-between gap-3">
                        <bdi>{names.get(id) ?? id}</bdi>
                        <span className="tabular">{formatCount(count, style)}</span>
                      </li>
                    ))}
                  </ul>
                </>
              )}
            </Result>
          )}
          <p className="text-[13px] text-muted">{t("replay.deliveries_why")}</p>
          {replay.error && (
            <p role="alert" className="text-bad">
              <ProblemText error={replay.error} />
            </p>
          )}
        </div>
      )}
    </Dialog>
  );
}

function Going({ operationIds }: { operationIds: readonly string[] }) {
  const { t } = useTranslation("webhooks");
  const style = useStyle();
  const progress = useReplayProgress(operationIds);
  return (
    <Result query={progress} lines={2}>
      {({ total, done, replayed, ended, failed }) => (
        <div role="status" className="flex flex-col gap-2">
          <Progress label={t("replay.deliveries_title")} done={done} total={total} />
          <p className="tabular">
            {ended
              ? t("replay.sent", { count: replayed, shown: formatCount(replayed, style) })
              : t("replay.progress", { done: formatCount(done, style), total: formatCount(total, style) })}
          </p>
          {failed.map(({ id, error }) => (
            <p key={id} lang="en" dir="auto" className="text-bad">
              {(error as { message?: string } | null)?.message}
            </p>
          ))}
        </div>
      )}
    </Result>
  );
}
