/** The explorer of what came in from providers. */
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { type WebhookEventStatus, useWebhookEvents } from "@/hooks/webhook_events";
import { Button } from "@/ui/button";
import { FilterBar } from "@/ui/filter_bar";
import { Select } from "@/ui/select";
import { Empty, NoMatch, Result } from "@/ui/states";
import { EventsTable } from "./events_table";
import { ReplayEvents } from "./lazy";
import { NO_FILTERS, useWebhooksSearch } from "./route";
import { ConnectionFilter, PeriodFilter, TextFilter, useConnectionsShown } from "./shared";

const STATUSES: WebhookEventStatus[] = [
  "received",
  "processed",
  "ignored",
  "recorded",
  "filtered",
  "duplicate",
  "refused",
  "failed",
  "dead",
];

export function EventsTab() {
  const { t } = useTranslation(["webhooks", "common"]);
  const { search, set } = useWebhooksSearch();
  const mayReplay = useMay("developer");
  const connections = useConnectionsShown();
  const { status, connection, type, find, period, from, to } = search;
  const filters = useMemo(
    () => ({ status, connection, type, find, period, from, to, connections }),
    [status, connection, type, find, period, from, to, connections],
  );
  const events = useWebhookEvents(filters);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [replaying, setReplaying] = useState<"selected" | "fitting" | null>(null);
  const filtered = [status, connection, type, find, period].some(Boolean);
  const shown = useMemo(() => events.data?.pages.flat() ?? [], [events.data]);
  const types = useMemo(() => [...new Set(shown.flatMap(({ event_type }) => event_type ?? []))].sort(), [shown]);
  return (
    <>
      <FilterBar
        filtered={filtered}
        onClear={() => set(NO_FILTERS)}
        aside={
          mayReplay && (
            <>
              {selected.size > 0 && (
                <>
                  <Button look="quiet" size="small" onClick={() => setSelected(new Set())}>
                    {t("events.select_none")}
                  </Button>
                  <Button look="primary" size="small" onClick={() => setReplaying("selected")}>
                    {t("events.replay_selected", { count: selected.size })}
                  </Button>
                </>
              )}
              {selected.size === 0 && shown.length > 0 && (
                <Button size="small" onClick={() => setReplaying("fitting")}>
                  {filtered ? t("events.replay_fitting") : t("events.replay_all")}
                </Button>
              )}
            </>
          )
        }
      >
        <Select
          compact
          aria-label={t("filters.status")}
          value={status ?? "all"}
          onChange={(next) => set({ status: next === "all" ? undefined : next })}
          options={[
            { value: "all", label: t("filters.any_status") },
            ...STATUSES.map((value) => ({ value, label: t(`common:status.${value}`) })),
          ]}
        />
        <ConnectionFilter value={connection} onChange={(next) => set({ connection: next })} />
        <TextFilter
          label={t("filters.type")}
          value={type}
          onChange={(next) => set({ type: next })}
          suggestions={types}
        />
        <TextFilter label={t("filters.find")} value={find} onChange={(next) => set({ find: next })} />
        <PeriodFilter value={{ period, from, to }} onChange={set} />
      </FilterBar>
      <Result
        query={events}
        lines={10}
        isEmpty={() => shown.length === 0}
        empty={
          filtered ? (
            <NoMatch onClear={() => set(NO_FILTERS)} />
          ) : (
            <Empty
              title={t("events.empty")}
              action={<Button onClick={() => set({ tab: "endpoints" })}>{t("events.empty_action")}</Button>}
            >
              {t("events.empty_text")}
            </Empty>
          )
        }
      >
        {() => <EventsTable events={events} rows={shown} {...(mayReplay && { selected, onSelect: setSelected })} />}
      </Result>
      {replaying && (
        <ReplayEvents
          of={replaying === "selected" ? { ids: [...selected] } : filters}
          onClose={() => {
            setReplaying(null);
            setSelected(new Set());
          }}
        />
      )}
    </>
  );
}
