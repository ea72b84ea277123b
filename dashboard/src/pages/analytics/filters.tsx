/** Filters of figures: the time, how fine, of what. All of them are in the address. */
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import type { Breakdown, TrafficQuestion } from "@/hooks/analytics";
import { useConnections } from "@/hooks/connections";
import { useProviders } from "@/hooks/providers";
import { dateIn, DEFAULT_RANGE, isCustom, type Range, RANGES, spanOf, type Zoom } from "@/lib/figure_period";
import { Combobox } from "@/ui/combobox";
import { FilterBar } from "@/ui/filter_bar";
import { Select } from "@/ui/select";
import { analyticsRoute, BREAKDOWNS, SOURCES } from "./route";

const useSearch = () => analyticsRoute.useSearch();
type Search = ReturnType<typeof useSearch>;

/** Changes the address; what is not named stays. */
export function useSet(): (change: Partial<Search>) => void {
  const navigate = analyticsRoute.useNavigate();
  return (change) => void navigate({ search: (before) => ({ ...before, ...change }) });
}

/** What the address asks for. */
export function useQuestion(): TrafficQuestion {
  const { range, from, to, zoom, source = "call", by = null, provider, connection, operation } = useSearch();
  return { range, from, to, zoom, source, by, provider, connection, operation, environment: useEnvironment() };
}

/** How a provider, connection or operation is called; sandbox and live without a breakdown. */
export function useLabels(by: Breakdown | null): (key: string) => string {
  const { t } = useTranslation(["analytics", "common"]);
  const providers = useProviders().data;
  const connections = useConnections(null).data;
  return useCallback(
    (key: string) => {
      if (by === "provider") return providers?.find((each) => each.key === key)?.name ?? key;
      if (by === "connection") {
        return connections?.find(({ id }) => id === key)?.name ?? (key ? key.slice(0, 8) : t("no_connection"));
      }
      return key === "sandbox" || key === "live" ? t(`common:environment.${key}`) : key;
    },
    [by, providers, connections, t],
  );
}

const OWN = "custom";

/** Range and zoom. `zooms` and `zoom`: those that are offered, where not all are. */
export function TimeFilters({ zooms, zoom }: { zooms?: readonly Zoom[]; zoom?: Zoom }) {
  const { t } = useTranslation("analytics");
  const search = useSearch();
  const set = useSet();
  const { time_zone } = useOrganization();
  const span = spanOf(search, time_zone);
  const custom = isCustom(search);
  const setRange = (range: Range | typeof OWN) => {
    if (range !== OWN) {
      set({ range, from: undefined, to: undefined, zoom: undefined });
      return;
    }
    const last = new Date(Math.min(span.until.getTime() - 1, Date.now()));
    set({ range: undefined, from: dateIn(time_zone, span.since), to: dateIn(time_zone, last) });
  };
  const offered = zooms ?? span.zooms;
  return (
    <>
      <Select
        compact
        aria-label={t("filter.range")}
        value={custom ? OWN : (search.range ?? DEFAULT_RANGE)}
        onChange={setRange}
        options={([...RANGES, OWN] as const).map((value) => ({ value, label: t(`range.${value}`) }))}
      />
      {custom && (
        <>
          <DateInput
            label={t("filter.from")}
            value={search.from}
            onChange={(from) => set({ from, to: search.to && search.to > from ? search.to : from })}
          />
          <DateInput
            label={t("filter.to")}
            value={search.to}
            onChange={(to) => set({ to, from: search.from && search.from < to ? search.from : to })}
          />
        </>
      )}
      <Select
        compact
        aria-label={t("filter.zoom")}
        value={zoom ?? span.zoom}
        onChange={(next) => set({ zoom: next })}
        options={offered.map((value) => ({ value, label: t(`zoom.${value}`) }))}
      />
    </>
  );
}

interface DateProps {
  label: string;
  value: string | undefined;
  onChange: (value: string) => void;
}

function DateInput({ label, value, onChange }: DateProps) {
  return (
    <input
      type="date"
      aria-label={label}
      value={value ?? ""}
      onChange={({ target }) => {
        if (target.value) onChange(target.value);
      }}
      className="h-8 rounded-box border border-line bg-surface px-2 text-ink"
    />
  );
}

/** A connection, of those of the environment looked at. */
export function ConnectionFilter() {
  const { t } = useTranslation("analytics");
  const { connection = null } = useSearch();
  const set = useSet();
  const connections = useConnections(useEnvironment()).data ?? [];
  return (
    <Combobox
      clearable
      label={t("filter.connection")}
      value={connection}
      onChange={(next) => set({ connection: next ?? undefined })}
      options={connections.map(({ id, name }) => ({ value: id, label: name }))}
    />
  );
}

export function ProviderFilter() {
  const { t } = useTranslation("analytics");
  const { provider = null } = useSearch();
  const set = useSet();
  const providers = useProviders().data ?? [];
  return (
    <Combobox
      clearable
      label={t("filter.provider")}
      value={provider}
      onChange={(next) => set({ provider: next ?? undefined })}
      options={providers.map(({ key, name }) => ({ value: key, label: name }))}
    />
  );
}

const ALL = "all";

/** Filters of usage, latency and errors alike. */
export function TrafficFilters() {
  const { t } = useTranslation("analytics");
  const { source = "call", by, provider, connection, operation } = useSearch();
  const set = useSet();
  const filtered = [provider, connection, operation].some((each) => each !== undefined);
  return (
    <FilterBar
      filtered={filtered}
      onClear={() => set({ provider: undefined, connection: undefined, operation: undefined })}
    >
      <TimeFilters />
      <Select
        compact
        aria-label={t("filter.source")}
        value={source}
        onChange={(next) => set({ source: next === "call" ? undefined : next })}
        options={SOURCES.map((value) => ({ value, label: t(`source.${value}`) }))}
      />
      <Select
        compact
        aria-label={t("filter.by")}
        value={by ?? ALL}
        onChange={(next) => set({ by: next === ALL ? undefined : next })}
        options={([ALL, ...BREAKDOWNS] as const).map((value) => ({ value, label: t(`broken_down.${value}`) }))}
      />
      {source !== "delivery" && <ProviderFilter />}
      {source !== "delivery" && <ConnectionFilter />}
      {operation !== undefined && (
        <span className="text-[13px] text-muted">
          {t("filter.operation")}{" "}
          <code className="font-mono text-ink" dir="ltr">
            {operation}
          </code>
        </span>
      )}
    </FilterBar>
  );
}
