/** What has become of an alert, step by step, and which channels were told. */
import { useTranslation } from "react-i18next";
import { useUser } from "@/app/session";
import { useStyle } from "@/app/style";
import type { AlertDetail } from "@/hooks/alerts";
import { formatTime } from "@/lib/format";
import { Status } from "@/ui/badge";
import { Time } from "@/ui/time";

const STEPS = [
  "opened",
  "worsened",
  "eased",
  "acknowledged",
  "snoozed",
  "woken",
  "muted",
  "unmuted",
  "escalated",
  "resolved",
  "reminded",
] as const;
type Step = (typeof STEPS)[number];

/** The word of a step or of a transition, such as `worsened.critical`; its own word where there is none. */
export function useStepName(): (step: string) => string {
  const { t } = useTranslation("analytics");
  return (step) => {
    const [first = step] = step.split(".");
    const known: Step | undefined = STEPS.find((each) => each === first);
    return known ? t(`step.${known}`) : step;
  };
}

export function AlertHistory({ events }: { events: AlertDetail["events"] }) {
  const { t } = useTranslation("analytics");
  const name = useStepName();
  const actor = useActorName();
  return (
    <section>
      <h3 className="mb-2 font-semibold">{t("alerts.history")}</h3>
      <ol className="ms-1.5 border-s border-line">
        {events.map((event) => (
          <li key={event.id} className="relative pb-3 ps-5">
            <span aria-hidden className="absolute -start-[5px] top-1.5 size-2.5 rounded-full bg-line-strong" />
            <span className="font-medium">{name(event.type)}</span> <Detail detail={event.detail} />
            <span className="block text-[13px] text-muted">
              <Time at={event.occurred_at} absolute /> · {actor(event.actor)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Detail({ detail }: { detail: unknown }) {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  const { severity, until, reason } = (detail ?? {}) as { severity?: string; until?: string; reason?: string };
  if (severity !== undefined) return <Status state={severity} />;
  if (until !== undefined) return <span>{t("alerts.until", { time: formatTime(until, style) })}</span>;
  if (reason === "snooze" || reason === "maintenance" || reason === "cause") {
    return <span className="text-muted">({t(`alerts.muted.${reason}`)})</span>;
  }
  return null;
}

function useActorName(): (actor: string) => string {
  const { t } = useTranslation("analytics");
  const { id } = useUser();
  return (actor) => {
    if (actor === `user:${id}`) return t("actor.you");
    if (actor.startsWith("user:")) return t("actor.member");
    return actor.startsWith("api_key:") ? t("actor.api_key") : t("actor.hub");
  };
}

export function Notifications({ notifications }: { notifications: AlertDetail["notifications"] }) {
  const { t } = useTranslation("analytics");
  const name = useStepName();
  return (
    <section>
      <h3 className="mb-2 font-semibold">{t("alerts.notifications")}</h3>
      {notifications.length === 0 ? (
        <p className="text-muted">{t("alerts.nobody_told")}</p>
      ) : (
        <ul className="divide-y divide-line rounded-box border border-line">
          {notifications.map((told) => {
            const error = told.last_error as { message?: string } | null;
            return (
              <li key={told.id} className="px-3 py-2">
                <span className="flex flex-wrap items-center justify-between gap-2">
                  <span>
                    <bdi className="font-medium">{told.channel.name}</bdi>{" "}
                    <span className="text-muted">· {name(told.transition)}</span>
                  </span>
                  <span className="flex items-center gap-2 text-[13px] text-muted">
                    <Status state={told.status} /> <Time at={told.sent_at ?? told.created_at} />
                  </span>
                </span>
                {told.status !== "sent" && error?.message && (
                  <span lang="en" dir="auto" className="block text-[13px] break-words text-bad">
                    {error.message}
                  </span>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
