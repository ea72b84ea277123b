/** Requests that became no event: refused ones and repeats. */
import { useMemo } from "react";
import { ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type TurnedAway, useTurnedAway } from "@/hooks/webhook_endpoints";
import { formatCount } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Drawer } from "@/ui/dialog";
import { FilterBar } from "@/ui/filter_bar";
import { Select } from "@/ui/select";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { Headers } from "./request";
import { NO_FILTERS, useWebhooksSearch } from "./route";
import { Fact, Facts } from "@/ui/facts";
import { Code, ConnectionFilter, ConnectionName, Part, PeriodFilter, useConnectionsShown } from "./shared";

const REASONS = [
  "signature_invalid",
  "signature_stale",
  "duplicate",
  "rate_limited",
  "address_not_allowed",
  "body_too_large",
  "body_incomplete",
  "malformed_payload",
  "card_number_refused",
] as const;

/** Why, in the reader's words; what is not known of here is shown as the hub says it. */
export function Reason({ reason }: { reason: string }) {
  const { t } = useTranslation("webhooks");
  const known = REASONS.find((each) => each === reason);
  const tone = reason === "duplicate" ? "neutral" : reason === "rate_limited" ? "warn" : "bad";
  return <Badge tone={tone}>{known ? t(`reason.${known}`) : <span dir="ltr">{reason}</span>}</Badge>;
}

export function TurnedAwayTab() {
  const { t } = useTranslation("webhooks");
  const { search, set } = useWebhooksSearch();
  const connections = useConnectionsShown();
  const { reason, connection, period, from, to } = search;
  const filters = useMemo(
    () => ({ reason, connection, period, from, to, connections }),
    [reason, connection, period, from, to, connections],
  );
  const requests = useTurnedAway(filters);
  const rows = useMemo(() => requests.data?.pages.flat() ?? [], [requests.data]);
  const filtered = [reason, connection, period].some(Boolean);
  const columns = useMemo(
    (): Column<TurnedAway>[] => [
      { id: "reason", header: t("columns.reason"), cell: (row) => <Reason reason={row.reason} /> },
      { id: "answer", header: t("columns.answer"), cell: (row) => <Code>{String(row.http_status)}</Code> },
      {
        id: "connection",
        header: t("columns.connection"),
        cell: (row) => <ConnectionName id={row.connection_id} otherwise="–" />,
        wideOnly: true,
      },
      {
        id: "from",
        header: t("event.from"),
        cell: (row) => (row.source_address ? <Code>{row.source_address}</Code> : "–"),
        wideOnly: true,
      },
      { id: "received", header: t("columns.received"), cell: (row) => <Time at={row.received_at} />, end: true },
    ],
    [t],
  );
  const open = rows.find(({ id }) => id === search.request);
  return (
    <>
      <p className="mb-3 text-muted">{t("turned_away.what")}</p>
      <FilterBar filtered={filtered} onClear={() => set(NO_FILTERS)}>
        <Select
          compact
          aria-label={t("columns.reason")}
          value={reason ?? "all"}
          onChange={(next) => set({ reason: next === "all" ? undefined : next })}
          options={[
            { value: "all", label: t("filters.any_reason") },
            ...REASONS.map((value) => ({ value, label: t(`reason.${value}`) })),
          ]}
        />
        <ConnectionFilter value={connection} onChange={(next) => set({ connection: next })} />
        <PeriodFilter value={{ period, from, to }} onChange={set} />
      </FilterBar>
      <Result
        query={requests}
        lines={10}
        isEmpty={() => rows.length === 0}
        empty={
          filtered ? (
            <NoMatch onClear={() => set(NO_FILTERS)} />
          ) : (
            <Empty icon={ShieldCheck} title={t("turned_away.empty")}>
              {t("turned_away.empty_text")}
            </Empty>
          )
        }
      >
        {() => (
          <DataTable
            label={t("tabs.turned_away")}
            columns={columns}
            rows={rows}
            rowId={({ id }) => id}
            openId={search.request ?? null}
            onOpen={({ id }) => set({ request: id })}
            hasMore={requests.hasNextPage}
            loadingMore={requests.isFetchingNextPage}
            onMore={() => void requests.fetchNextPage()}
          />
        )}
      </Result>
      {open && <RequestDrawer request={open} onClose={() => set({ request: undefined })} />}
    </>
  );
}

function RequestDrawer({ request, onClose }: { request: TurnedAway; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  const style = useStyle();
  const looked = request.verified === null ? "unseen" : request.verified ? "right" : "wrong";
  return (
    <Drawer open onOpenChange={onClose} title={<Reason reason={request.reason} />}>
      <Part title={t("event.summary")}>
        <Facts>
          <Fact name={t("columns.answer")}>
            <Code>{`${request.method} → ${request.http_status}`}</Code>
          </Fact>
          <Fact name={t("event.verification")}>{t(`turned_away.signature.${looked}`)}</Fact>
          <Fact name={t("columns.connection")}>
            <ConnectionName id={request.connection_id} />
          </Fact>
          <Fact name={t("columns.received")}>
            <Time at={request.received_at} absolute />
          </Fact>
          <Fact name={t("event.from")}>{request.source_address && <Code>{request.source_address}</Code>}</Fact>
          <Fact name={t("columns.provider_id")}>
            {request.provider_event_id && <Code>{request.provider_event_id}</Code>}
          </Fact>
          <Fact name={t("event.size")}>
            {request.body_bytes !== null &&
              t("bytes", { count: request.body_bytes, shown: formatCount(request.body_bytes, style) })}
          </Fact>
        </Facts>
      </Part>
      <Part title={t("request.headers")}>
        <Headers headers={request.headers as Record<string, string>} />
        <p className="mt-2 text-[13px] text-muted">{t("turned_away.hidden")}</p>
      </Part>
    </Drawer>
  );
}
