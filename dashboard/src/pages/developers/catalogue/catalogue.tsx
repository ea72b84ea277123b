/** Every type of event: what it means, what it holds, and the last one of it that happened here. */
import { useMemo } from "react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useLastEvent } from "@/hooks/events";
import { buttonClass } from "@/ui/button";
import { CopyButton } from "@/ui/copy_button";
import { Drawer } from "@/ui/dialog";
import { Input } from "@/ui/field";
import { FilterBar } from "@/ui/filter_bar";
import { Json } from "@/ui/json";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import webhooks from "../../../../../docs/webhooks.md?raw";
import { redacted } from "../reference/redact";
import { developersRoute } from "../route";
import { type EventType, matchingTypes, readEventTypes, textKey } from "./event_types";

const TYPES = readEventTypes(webhooks);

/** What a type means, in the reader's language. */
function useMeaning(): (type: string) => string {
  const { t } = useTranslation("developers");
  return useMemo(() => {
    const words = t("event", { returnObjects: true }) as Record<string, string>;
    return (type: string) => words[textKey(type)] ?? "";
  }, [t]);
}

export function Catalogue() {
  const { t } = useTranslation("developers");
  const { q = "", event } = developersRoute.useSearch();
  const navigate = developersRoute.useNavigate();
  const meaning = useMeaning();
  const shown = matchingTypes(TYPES, q, meaning);
  const open = TYPES.find(({ type }) => type === event);
  const search = (text: string) =>
    void navigate({ search: (before) => ({ ...before, q: text === "" ? undefined : text }), replace: true });
  const choose = (type: string | undefined) => void navigate({ search: (before) => ({ ...before, event: type }) });
  const columns = useMemo(
    (): Column<EventType>[] => [
      {
        id: "type",
        header: t("events.type"),
        cell: ({ type }) => (
          <code dir="ltr" className="font-mono text-[13px] whitespace-nowrap">
            {type}
          </code>
        ),
      },
      { id: "meaning", header: t("events.meaning"), cell: ({ type }) => meaning(type) },
    ],
    [meaning, t],
  );
  return (
    <>
      <p className="mb-3 max-w-prose text-muted">{t("events.text")}</p>
      <FilterBar filtered={q !== ""} onClear={() => search("")}>
        <Input
          type="search"
          className="h-8! max-w-72"
          aria-label={t("events.search")}
          placeholder={t("events.search")}
          value={q}
          onChange={(change) => search(change.target.value)}
        />
      </FilterBar>
      {shown.length === 0 ? (
        <NoMatch onClear={() => search("")} />
      ) : (
        <DataTable
          label={t("tabs.events")}
          columns={columns}
          rows={shown}
          rowId={({ type }) => type}
          openId={event ?? null}
          onOpen={({ type }) => choose(type)}
        />
      )}
      {open && <Details event={open} meaning={meaning(open.type)} onClose={() => choose(undefined)} />}
    </>
  );
}

interface DetailsProps {
  event: EventType;
  meaning: string;
  onClose: () => void;
}

function Details({ event, meaning, onClose }: DetailsProps) {
  const { t } = useTranslation("developers");
  const { slug } = useOrganization();
  const last = useLastEvent(event.type, useEnvironment());
  return (
    <Drawer
      open
      onOpenChange={onClose}
      title={
        <span className="inline-flex items-center gap-1" dir="ltr">
          <code className="font-mono">{event.type}</code>
          <CopyButton text={event.type} />
        </span>
      }
      description={meaning}
      footer={
        <Link to="/o/$slug/webhooks" params={{ slug }} className={buttonClass()}>
          {t("events.to_webhooks")}
        </Link>
      }
    >
      <div className="flex flex-col gap-4">
        <section>
          <h3 className="mb-1 font-medium">{t("events.holds")}</h3>
          <p lang="en" dir="auto" className="text-muted">
            {event.data}
          </p>
        </section>
        <section className="flex flex-col gap-2">
          <h3 className="font-medium">{t("events.example")}</h3>
          <Result query={{ ...last, data: last.data === undefined ? undefined : { event: last.data } }}>
            {({ event: found }) =>
              found === null ? (
                <Empty title={t("events.none")}>{t("events.none_text")}</Empty>
              ) : (
                <>
                  <p className="text-[13px] text-muted">
                    {t("events.last")} <Time at={found.occurred_at} />
                  </p>
                  <Json value={messageOf(found)} label={t("events.example")} />
                </>
              )
            }
          </Result>
        </section>
      </div>
    </Drawer>
  );
}

type LastEvent = NonNullable<ReturnType<typeof useLastEvent>["data"]>;

/** An event as it is delivered, in the order of docs/webhooks.md. */
function messageOf({ id, type, occurred_at, organization_id, environment, subject_type, subject_id, data }: LastEvent) {
  const timestamp = new Date(occurred_at).toISOString();
  return redacted({ id, type, timestamp, organization_id, environment, subject_type, subject_id, data });
}
