/** A list of webhook events, and the one of them that is open. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ListedWebhookEvent, useWebhookEvents } from "@/hooks/webhook_events";
import { Status } from "@/ui/badge";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { EventDrawer } from "./lazy";
import { useWebhooksSearch } from "./route";
import { Code, ConnectionName } from "./shared";

interface Props {
  events: ReturnType<typeof useWebhookEvents>;
  rows: readonly ListedWebhookEvent[];
  /** Left out: none can be chosen. */
  selected?: ReadonlySet<string>;
  onSelect?: (selected: ReadonlySet<string>) => void;
}

export function EventsTable({ events, rows, selected, onSelect }: Props) {
  const { t } = useTranslation("webhooks");
  const { search, set } = useWebhooksSearch();
  const columns = useMemo((): Column<ListedWebhookEvent>[] => {
    const choose = (id: string, chosen: boolean) => {
      const next = new Set(selected);
      if (chosen) next.add(id);
      else next.delete(id);
      onSelect?.(next);
    };
    const box: Column<ListedWebhookEvent> = {
      id: "select",
      header: t("events.select"),
      cell: ({ id, event_type }) => (
        <input
          type="checkbox"
          className="my-0.5 block size-5 accent-(--accent)"
          aria-label={t("events.select_row", { type: event_type ?? id })}
          checked={selected?.has(id) ?? false}
          onClick={(event) => event.stopPropagation()}
          onChange={(event) => choose(id, event.target.checked)}
        />
      ),
    };
    return [
      ...(selected ? [box] : []),
      { id: "status", header: t("columns.status"), cell: ({ status }) => <Status state={status} /> },
      {
        id: "type",
        header: t("columns.type"),
        cell: ({ event_type }) => (event_type ? <Code>{event_type}</Code> : <Unknown />),
      },
      {
        id: "connection",
        header: t("columns.connection"),
        cell: ({ connection_id, provider_key }) => <ConnectionName id={connection_id} otherwise={provider_key} />,
        wideOnly: true,
      },
      {
        id: "provider_id",
        header: t("columns.provider_id"),
        cell: ({ provider_event_id }) =>
          provider_event_id ? (
            <span dir="ltr" className="block w-fit max-w-48 truncate" title={provider_event_id}>
              <Code>{provider_event_id}</Code>
            </span>
          ) : (
            <Unknown />
          ),
        wideOnly: true,
      },
      {
        id: "received",
        header: t("columns.received"),
        cell: ({ received_at }) => <Time at={received_at} />,
        end: true,
      },
    ];
  }, [t, selected, onSelect]);
  return (
    <>
      <DataTable
        label={t("events.label")}
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        openId={search.event ?? null}
        onOpen={({ id }) => set({ event: id })}
        hasMore={events.hasNextPage}
        loadingMore={events.isFetchingNextPage}
        onMore={() => void events.fetchNextPage()}
      />
      {search.event !== undefined && <EventDrawer id={search.event} onClose={() => set({ event: undefined })} />}
    </>
  );
}

function Unknown() {
  return <span className="text-muted">–</span>;
}
