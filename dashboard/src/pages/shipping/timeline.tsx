/** What was reported of a parcel, the newest first; exceptions stand out. */
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import type { ShipmentEvent } from "@/hooks/shipments";
import { cx } from "@/lib/cx";
import { Status } from "@/ui/badge";
import { Time } from "@/ui/time";
import { countryName } from "./places";
import { useWords } from "./words";

export function Timeline({ events }: { events: readonly ShipmentEvent[] }) {
  const { t } = useTranslation("shipping");
  const { language } = useStyle();
  const detail = useWords("detail");
  const source = useWords("source");
  if (events.length === 0) return <p className="text-muted">{t("timeline.empty")}</p>;
  return (
    <ol aria-label={t("timeline.title")} className="flex flex-col">
      {events.toReversed().map((event) => (
        <li
          key={event.id}
          className={cx(
            "border-s-2 ps-4 pb-4 last:pb-0",
            event.status === "exception" ? "border-bad-fill" : event.status ? "border-accent" : "border-line",
          )}
        >
          <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
            {event.status && <Status state={event.status} />}
            {event.detail && <span className="font-medium">{detail(event.detail)}</span>}
            <span className="text-[13px] text-muted">
              <Time at={event.occurred_at} absolute />
            </span>
          </div>
          {event.description && (
            <p className="mt-1 break-words" dir="auto">
              {event.description}
            </p>
          )}
          <p className="mt-0.5 text-[13px] text-muted">
            {event.place && <bdi>{event.place}</bdi>}
            {event.place && event.country && " · "}
            {event.country && countryName(event.country, language)}
            {(event.place ?? event.country) && " · "}
            {source(event.source)}
            {event.provider_code && (
              <>
                {" · "}
                <code className="font-mono text-xs" dir="ltr">
                  {event.provider_code}
                </code>
              </>
            )}
          </p>
        </li>
      ))}
    </ol>
  );
}
