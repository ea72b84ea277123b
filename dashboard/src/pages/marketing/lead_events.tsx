/** What happened to a lead. */
import { useTranslation } from "react-i18next";
import { useEventsAbout } from "@/hooks/events";
import { Panel } from "@/ui/panel";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";

const SHOWN = 20;

export function LeadEvents({ leadId }: { leadId: string }) {
  const { t } = useTranslation("marketing");
  return (
    <Panel title={t("lead_events.title")}>
      <Result
        query={useEventsAbout("lead", leadId, SHOWN)}
        empty={<p className="px-4 py-3 text-muted">{t("lead_events.none")}</p>}
      >
        {(events) => (
          <ul className="divide-y divide-line">
            {events.map((event) => (
              <li key={event.id} className="flex items-center justify-between gap-3 px-4 py-2">
                <code className="truncate font-mono text-[13px]" dir="ltr">
                  {event.type}
                </code>
                <span className="text-[13px] text-muted">
                  <Time at={event.occurred_at} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Result>
    </Panel>
  );
}
