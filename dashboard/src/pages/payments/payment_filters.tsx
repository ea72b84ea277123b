/** What narrows the list of payments. */
import { Link2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { PAYMENT_STATUSES } from "@/hooks/payments";
import { isAmount } from "@/lib/decimal";
import { Badge } from "@/ui/badge";
import { Combobox } from "@/ui/combobox";
import { Input } from "@/ui/field";
import { FilterBar } from "@/ui/filter_bar";
import { FilterInput } from "@/ui/filter_input";
import { GatewayFilter } from "./gateway_filter";
import { StatusFilter } from "./status_filter";
import { useFilters } from "./search";
import { METHODS, useWords } from "./words";

export function PaymentFilters() {
  const { t } = useTranslation("payments");
  const words = useWords();
  const { search, filtered, set, clear } = useFilters();
  return (
    <FilterBar filtered={filtered} onClear={clear}>
      <FilterInput
        label={t("filter.search")}
        value={search.q}
        onChange={(q) => set({ q })}
        className="w-64 max-sm:w-full"
      />
      <StatusFilter statuses={PAYMENT_STATUSES} />
      <GatewayFilter />
      <Combobox
        label={t("filter.method")}
        clearable
        value={search.method ?? null}
        onChange={(method) => set({ method: method ?? undefined })}
        options={METHODS.map((value) => ({ value, label: words.method(value) }))}
      />
      <span role="group" aria-label={t("filter.amount")} className="flex items-center gap-1">
        <FilterInput
          label={t("filter.minimum")}
          numeric
          accepts={isAmount}
          value={search.minimum}
          onChange={(minimum) => set({ minimum })}
          className="w-20"
        />
        <span aria-hidden>–</span>
        <FilterInput
          label={t("filter.maximum")}
          numeric
          accepts={isAmount}
          value={search.maximum}
          onChange={(maximum) => set({ maximum })}
          className="w-20"
        />
      </span>
      <span role="group" aria-label={t("filter.dates")} className="flex flex-wrap items-center gap-2">
        <Day label={t("filter.from")} value={search.from} onChange={(from) => set({ from })} />
        <Day label={t("filter.to")} value={search.to} onChange={(to) => set({ to })} />
      </span>
      {search.link && <Badge icon={Link2}>{t("filter.of_link")}</Badge>}
    </FilterBar>
  );
}

interface DayProps {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

function Day({ label, value, onChange }: DayProps) {
  return (
    <label className="flex items-center gap-1.5 text-[13px] text-muted">
      {label}
      <Input
        type="date"
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value || undefined)}
        className="h-8 w-34 border-line px-2 text-[13px]"
      />
    </label>
  );
}
