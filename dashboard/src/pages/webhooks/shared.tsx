/** What several tabs of the page are made of. */
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { type Connection, useConnectionNames, useConnections } from "@/hooks/connections";
import { useSubscriptions } from "@/hooks/subscriptions";
import { localOf, PERIODS, type Period } from "@/lib/period";
import { EnvironmentBadge } from "@/ui/badge";
import { Combobox } from "@/ui/combobox";
import { Input } from "@/ui/field";
import { Select } from "@/ui/select";

/** Before anything that the hub keeps. */
export const BEGINNING = "2000-01-01T00:00:00Z";

/** Connections by their ids. */
export function useConnectionsById(): ReadonlyMap<string, Connection> {
  const { data } = useConnections(null);
  return useMemo(() => new Map(data?.map((connection) => [connection.id, connection])), [data]);
}

/** The connections of the environment that is looked at; null: of both. */
export function useConnectionsShown(): readonly string[] | null {
  const environment = useEnvironment();
  const { data } = useConnectionNames();
  return useMemo(
    () => (environment ? (data ?? []).filter((each) => each.environment === environment).map(({ id }) => id) : null),
    [environment, data],
  );
}

/** The subscriptions that the environment which is looked at has; null: all. Those to both are in each. */
export function useSubscriptionsShown(): readonly string[] | null {
  const environment = useEnvironment();
  const { data } = useSubscriptions();
  return useMemo(
    () =>
      environment
        ? (data ?? []).filter((each) => !each.environment || each.environment === environment).map(({ id }) => id)
        : null,
    [environment, data],
  );
}

/** A connection by its name; one that has been cut, by its provider. */
export function ConnectionName({ id, otherwise = id }: { id: string; otherwise?: string }) {
  const connection = useConnectionNames().data?.find((each) => each.id === id);
  if (!connection) return <span dir="ltr">{otherwise}</span>;
  return (
    <span className="inline-flex max-w-full items-center gap-1.5">
      <bdi className="max-w-64 truncate" title={connection.name}>
        {connection.name}
      </bdi>
      <EnvironmentBadge environment={connection.environment} />
    </span>
  );
}

/** One connection to filter by. */
export function ConnectionFilter({ value, onChange }: FilterProps) {
  const { t } = useTranslation("webhooks");
  const { data = [] } = useConnections(useEnvironment());
  return (
    <Combobox
      clearable
      label={t("filters.connection")}
      value={value ?? null}
      onChange={(next) => onChange(next ?? undefined)}
      options={data.map(({ id, name }) => ({ value: id, label: name }))}
    />
  );
}

interface FilterProps {
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** A text to filter by; it holds once the reader presses Enter or goes on. */
export function TextFilter({ value, onChange, label, suggestions }: FilterProps & TextFilterProps) {
  const [draft, setDraft] = useState(value ?? "");
  const [held, setHeld] = useState(value);
  if (value !== held) {
    setHeld(value);
    setDraft(value ?? "");
  }
  const commit = () => {
    if (draft.trim() !== (value ?? "")) onChange(draft.trim() || undefined);
  };
  const list = suggestions && `suggested-${label}`;
  return (
    <>
      <Input
        className="h-8! w-44! border-line! text-[13px]"
        dir={draft ? "ltr" : undefined}
        aria-label={label}
        placeholder={label}
        list={list}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
        }}
      />
      {list && (
        <datalist id={list}>
          {suggestions.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </>
  );
}

interface TextFilterProps {
  label: string;
  suggestions?: readonly string[];
}

/** A span of time to filter by. */
export function PeriodFilter({ value, onChange }: { value: Period; onChange: (value: Period) => void }) {
  const { t } = useTranslation("webhooks");
  const { time_zone } = useOrganization();
  const choose = (period: string) => {
    const chosen = PERIODS.find((each) => each === period);
    const isCustom = chosen === "custom";
    const dayBefore = new Date(Date.now() - 86_400_000);
    onChange({
      period: chosen,
      from: isCustom ? localOf(dayBefore, time_zone) : undefined,
      to: undefined,
    });
  };
  return (
    <>
      <Select
        compact
        aria-label={t("filters.period")}
        value={value.period ?? "all"}
        onChange={choose}
        options={["all" as const, ...PERIODS].map((each) => ({ value: each, label: t(`period.${each}`) }))}
      />
      {value.period === "custom" &&
        (["from", "to"] as const).map((end) => (
          <Input
            key={end}
            type="datetime-local"
            className="h-8! w-auto! border-line! text-[13px]"
            aria-label={t(`filters.${end}`, { zone: time_zone })}
            value={value[end] ?? ""}
            onChange={(event) => onChange({ ...value, [end]: event.target.value || undefined })}
          />
        ))}
    </>
  );
}

/** A titled part of a drawer. */
export function Part({ title, aside, children }: { title: ReactNode; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="mt-6 first:mt-0">
      <div className="mb-2 flex min-h-7 items-center justify-between gap-2">
        <h3 className="font-semibold">{title}</h3>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** Code, left to right. */
export function Code({ children }: { children: string }) {
  return (
    <code dir="ltr" className="font-mono text-[13px] break-words">
      {children}
    </code>
  );
}

/** How far something is. */
export function Progress({ label, done, total }: { label: string; done: number; total: number }) {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
      className="h-2 overflow-hidden rounded-full bg-sunken"
    >
      <div className="h-full bg-accent transition-[width]" style={{ width: `${share * 100}%` }} />
    </div>
  );
}
