/** What narrows the list of calls; all of it is in the address. */
import { useState } from "react";
import { Search } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { STATUS_CLASSES } from "@/hooks/logs";
import { formatTime } from "@/lib/format";
import { Combobox } from "@/ui/combobox";
import { Input } from "@/ui/field";
import { FilterBar } from "@/ui/filter_bar";
import { Select } from "@/ui/select";
import { developersRoute } from "../route";
import { rangeOf, RANGES, timeIn, USUAL_RANGE } from "./time_range";

interface Props {
  connections: readonly { id: string; name: string }[];
  operations: readonly string[];
  filtered: boolean;
  onClear: () => void;
}

type Search = ReturnType<typeof developersRoute.useSearch>;

export function LogFilterBar({ connections, operations, filtered, onClear }: Props) {
  const { t } = useTranslation("developers");
  const style = useStyle();
  const search = developersRoute.useSearch();
  const navigate = developersRoute.useNavigate();
  const set = (change: Partial<Search>) => void navigate({ search: (before) => ({ ...before, ...change }) });
  const since = timeIn(search.since);
  const until = timeIn(search.until);
  const known = STATUS_CLASSES.find((each) => each === search.status);
  const calls =
    search.call !== undefined && !operations.includes(search.call) ? [search.call, ...operations] : operations;
  return (
    <FilterBar filtered={filtered} onClear={onClear}>
      <SearchBox key={search.q} text={search.q ?? ""} onSearch={(q) => set({ q: q === "" ? undefined : q })} />
      <Combobox
        label={t("logs.connection")}
        clearable
        value={search.connection ?? null}
        onChange={(connection) => set({ connection: connection ?? undefined })}
        options={connections.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <Select
        compact
        aria-label={t("logs.status")}
        value={known ?? "any"}
        onChange={(status) => set({ status: status === "any" ? undefined : status })}
        options={[
          { value: "any" as const, label: t("logs.status_any") },
          ...STATUS_CLASSES.map((value) => ({ value, label: t(`logs.status_${value}`) })),
        ]}
      />
      <Combobox
        label={t("logs.operation")}
        clearable
        value={search.call ?? null}
        onChange={(call) => set({ call: call ?? undefined })}
        options={calls.map((value) => ({ value, label: value }))}
      />
      {since === undefined && until === undefined ? (
        <Select
          compact
          aria-label={t("logs.range")}
          value={rangeOf(search.range)}
          onChange={(range) => set({ range: range === USUAL_RANGE ? undefined : range })}
          options={RANGES.map((value) => ({ value, label: t(`logs.range_${value}`) }))}
        />
      ) : (
        <span className="text-[13px] text-muted">
          {since !== undefined && t("logs.since", { time: formatTime(since, style) })}{" "}
          {until !== undefined && t("logs.until", { time: formatTime(until, style) })}
        </span>
      )}
    </FilterBar>
  );
}

/** Looks when Enter is pressed or the field is left: half an id finds nothing. */
function SearchBox({ text, onSearch }: { text: string; onSearch: (text: string) => void }) {
  const { t } = useTranslation("developers");
  const [typed, setTyped] = useState(text);
  const go = () => {
    if (typed.trim() !== text) onSearch(typed.trim());
  };
  return (
    <form
      className="relative w-72 max-w-full"
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <Search className="pointer-events-none absolute start-2.5 top-2 size-4 text-muted" aria-hidden />
      <Input
        type="search"
        className="h-8! ps-8! font-mono placeholder:font-sans text-[13px]"
        dir="auto"
        aria-label={t("logs.search")}
        placeholder={t("logs.search")}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={go}
      />
    </form>
  );
}
