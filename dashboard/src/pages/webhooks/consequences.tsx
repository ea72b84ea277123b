/** What followed from a webhook event: what it meant, the hub's events it led to, and its repeats that were turned away. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useConsequences, type WebhookEvent } from "@/hooks/webhook_events";
import { Json } from "@/ui/json";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { Fact, Facts } from "@/ui/facts";
import { Code, Part } from "./shared";

export function Consequences({ event }: { event: WebhookEvent }) {
  const { t } = useTranslation("webhooks");
  const { slug } = useOrganization();
  const consequences = useConsequences(event);
  return (
    <Part title={t("event.consequences")}>
      {event.canonical_types.length > 0 && (
        <Facts>
          <Fact name={t("event.meant")}>
            <span className="flex flex-wrap gap-2">
              {event.canonical_types.map((type) => (
                <Code key={type}>{type}</Code>
              ))}
            </span>
          </Fact>
        </Facts>
      )}
      <Result query={consequences} lines={2}>
        {({ events, repeats }) => (
          <>
            {events.length === 0 ? (
              <p className="mt-2 text-muted">{t("event.led_to_none")}</p>
            ) : (
              <>
                <p className="mt-3 text-[13px] text-muted">{t("event.led_to")}</p>
                <ul className="mt-1 flex flex-col gap-2" aria-label={t("event.led_to")}>
                  {events.map((led) => (
                    <li key={led.id} className="rounded-box border border-line">
                      <div className="flex flex-wrap items-center justify-between gap-2 px-3 py-2">
                        <Code>{led.type}</Code>
                        <span className="flex items-center gap-3 text-[13px] text-muted">
                          <Link
                            to="/o/$slug/webhooks"
                            params={{ slug }}
                            search={{ tab: "deliveries", about: led.id }}
                            className="text-accent-strong hover:underline"
                          >
                            {t("event.deliveries_of")}
                          </Link>
                          <Time at={led.created_at} />
                        </span>
                      </div>
                      <details className="border-t border-line px-3 py-2">
                        <summary className="cursor-pointer text-[13px] text-muted">{t("event.led_data")}</summary>
                        <div className="mt-2">
                          <Json value={led.data} label={led.type} />
                        </div>
                      </details>
                    </li>
                  ))}
                </ul>
              </>
            )}
            {repeats.length > 0 && (
              <details className="mt-3">
                <summary className="cursor-pointer">{t("event.repeats", { count: repeats.length })}</summary>
                <ul className="mt-2 flex flex-col gap-1 text-[13px] text-muted">
                  {repeats.map((repeat) => (
                    <li key={repeat.id} className="flex gap-3">
                      <Time at={repeat.received_at} absolute />
                      <Code>{String(repeat.http_status)}</Code>
                    </li>
                  ))}
                </ul>
              </details>
            )}
          </>
        )}
      </Result>
    </Part>
  );
}
