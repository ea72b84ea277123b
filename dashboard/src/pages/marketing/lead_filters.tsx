/** The filters above the leads. */
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { COUNTED } from "@/hooks/lead_syncs";
import { useLeadForms } from "@/hooks/lead_forms";
import { Combobox } from "@/ui/combobox";
import { Input } from "@/ui/field";
import { FilterBar } from "@/ui/filter_bar";
import { Select } from "@/ui/select";
import { useTools } from "./use_tools";

interface Filters {
  status?: string | undefined;
  source?: string | undefined;
  tag?: string | undefined;
  push?: string | undefined;
  connection?: string | undefined;
}

interface Props {
  search: Filters;
  set: (change: Filters) => void;
  filtered: boolean;
  onClear: () => void;
  aside: ReactNode;
}

const ANY = "any";

export function LeadFilterBar({ search, set, filtered, onClear, aside }: Props) {
  const { t } = useTranslation(["marketing", "common"]);
  const { data: tools } = useTools();
  const keeping = (tools ?? []).filter(({ provider }) => provider.capabilities.includes("keeps_contacts"));
  return (
    <FilterBar filtered={filtered} onClear={onClear} aside={aside}>
      <Select
        compact
        aria-label={t("leads.status")}
        value={search.status ?? ANY}
        onChange={(status) => set({ status: status === ANY ? undefined : status })}
        options={[
          { value: ANY, label: t("leads.any_status") },
          ...(["active", "pending", "deleted"] as const).map((value) => ({
            value,
            label: t(`common:status.${value}`),
          })),
        ]}
      />
      <SourceFilter source={search.source} onChange={(source) => set({ source })} />
      <TagFilter key={search.tag} tag={search.tag} onChange={(tag) => set({ tag })} />
      {keeping.length > 0 && (
        <>
          <Combobox
            clearable
            label={t("leads.at_tool")}
            value={search.connection ?? null}
            onChange={(connection) => set({ connection: connection ?? undefined })}
            options={keeping.map(({ connection }) => ({ value: connection.id, label: connection.name }))}
          />
          <Select
            compact
            aria-label={t("leads.push")}
            value={search.push ?? ANY}
            onChange={(push) => set({ push: push === ANY ? undefined : push })}
            options={[
              { value: ANY, label: t("leads.any_push") },
              ...COUNTED.map((value) => ({ value, label: t(`common:status.${value}`) })),
            ]}
          />
        </>
      )}
    </FilterBar>
  );
}

function SourceFilter({
  source,
  onChange,
}: {
  source: string | undefined;
  onChange: (source: string | undefined) => void;
}) {
  const { t } = useTranslation("marketing");
  const { data: forms } = useLeadForms();
  const { data: tools } = useTools();
  const known = new Map([
    ["api", t("source.api")],
    ["dashboard", t("source.dashboard")],
    ...(forms ?? []).map(({ name }) => [`form:${name}`, `${t("source.form")} ${name}`] as const),
    ...(tools ?? []).map(
      ({ provider }) => [`provider:${provider.key}`, `${t("source.provider")} ${provider.name}`] as const,
    ),
  ]);
  if (source !== undefined && !known.has(source)) known.set(source, source);
  return (
    <Combobox
      clearable
      label={t("leads.source")}
      value={source ?? null}
      onChange={(next) => onChange(next ?? undefined)}
      options={[...known].map(([value, label]) => ({ value, label }))}
    />
  );
}

function TagFilter({ tag, onChange }: { tag: string | undefined; onChange: (tag: string | undefined) => void }) {
  const { t } = useTranslation("marketing");
  const [text, setText] = useState(tag ?? "");
  const choose = () => {
    const wanted = text.trim() === "" ? undefined : text.trim();
    if (wanted !== tag) onChange(wanted);
  };
  return (
    <Input
      className="h-8! w-36! border-line!"
      dir="auto"
      aria-label={t("leads.tag")}
      placeholder={t("leads.tag")}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={choose}
      onKeyDown={(event) => {
        if (event.key === "Enter") choose();
      }}
    />
  );
}
