/** Two runs side by side: what differs is marked. The address names both, so a comparison can be sent to somebody. */
import { type SyntheticEvent, useMemo, useState } from "react";
import { ArrowLeftRight, GitCompareArrows } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Connection } from "@/hooks/connections";
import { useRecentOperations } from "@/hooks/operations";
import { useRuns } from "@/hooks/test_runs";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { Panel } from "@/ui/panel";
import { Select } from "@/ui/select";
import { Empty } from "@/ui/states";
import { useStyle } from "@/app/style";
import { formatAgo } from "@/lib/format";
import { Comparison } from "./comparison";
import { testingRoute } from "./route";

const OFFERED = 40;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function CompareTab({ connections }: { connections: readonly Connection[] }) {
  const { t } = useTranslation("testing");
  const { a, b } = testingRoute.useSearch();
  const navigate = testingRoute.useNavigate();
  const set = (change: { a?: string | undefined; b?: string | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...change }) });
  return (
    <div className="flex flex-col gap-5">
      <Panel
        title={t("compare.title")}
        aside={
          <Button size="small" onClick={() => set({ a: b, b: a })} disabled={!a && !b}>
            <ArrowLeftRight className="size-4" aria-hidden />
            {t("compare.swap")}
          </Button>
        }
      >
        <div className="grid grid-cols-1 gap-4 p-4 md:grid-cols-2">
          <Choice label={t("compare.first")} value={a} connections={connections} onChange={(id) => set({ a: id })} />
          <Choice label={t("compare.second")} value={b} connections={connections} onChange={(id) => set({ b: id })} />
        </div>
      </Panel>
      {a && b ? (
        <Comparison key={`${a} ${b}`} a={a} b={b} connections={connections} />
      ) : (
        <Panel title={t("compare.result")}>
          <Empty icon={GitCompareArrows} title={t("compare.empty")}>
            {t("compare.empty_text")}
          </Empty>
        </Panel>
      )}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string | undefined;
  connections: readonly Connection[];
  onChange: (id: string | undefined) => void;
}

/** One of the session's runs, one of the latest operations, or any by its id. */
function Choice({ label, value, connections, onChange }: ChoiceProps) {
  const { t } = useTranslation(["testing", "common"]);
  const style = useStyle();
  const runs = useRuns();
  const recent = useRecentOperations(OFFERED);
  const [typed, setTyped] = useState("");
  const options = useMemo(() => {
    const mine = new Set(runs.map(({ operationId }) => operationId));
    const nameOf = (id: string | null) => connections.find((each) => each.id === id)?.name;
    const offered = (recent.data ?? []).filter(
      ({ id, connection_id }) => mine.has(id) || connection_id === null || nameOf(connection_id) !== undefined,
    );
    return offered
      .sort((one, other) => Number(mine.has(other.id)) - Number(mine.has(one.id)))
      .map(({ id, kind, connection_id, created_at }) => ({
        value: id,
        label: [kind, nameOf(connection_id), formatAgo(created_at, style), mine.has(id) ? t("compare.mine") : null]
          .filter(Boolean)
          .join(" · "),
      }));
  }, [runs, recent.data, connections, style, t]);
  const known = value === undefined || options.some((option) => option.value === value);
  const take = (event: SyntheticEvent) => {
    event.preventDefault();
    onChange(typed.trim());
    setTyped("");
  };
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <Field label={label}>
        {(control) => (
          <Select
            {...control}
            value={value ?? ""}
            onChange={(id) => onChange(id === "" ? undefined : id)}
            options={[
              { value: "", label: t("common:form.choose") },
              ...(known ? [] : [{ value, label: value }]),
              ...options,
            ]}
          />
        )}
      </Field>
      <form className="flex gap-2" onSubmit={take}>
        <Input
          dir="ltr"
          className="min-w-0 font-mono text-xs"
          placeholder={t("compare.by_id")}
          aria-label={t("compare.by_id_of", { run: label })}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button type="submit" disabled={!UUID.test(typed.trim())}>
          {t("compare.take")}
        </Button>
      </form>
    </div>
  );
}
