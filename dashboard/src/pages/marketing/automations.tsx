/** What is done by itself, as rules that people can read. */
import { lazy, Suspense, useState } from "react";
import { Workflow } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { type Automation, type ListedAutomation, useAutomations } from "@/hooks/automations";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { FilterBar } from "@/ui/filter_bar";
import { Select } from "@/ui/select";
import { Empty, NoMatch, Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { marketingRoute } from "./route";
import { ruleLine, ruleOf } from "./rule";
import { useTeller } from "./use_teller";

const AutomationDrawer = lazy(() =>
  import("./automation_drawer").then((module) => ({ default: module.AutomationDrawer })),
);
const AutomationDialog = lazy(() =>
  import("./automation_dialog").then((module) => ({ default: module.AutomationDialog })),
);

const STATES = ["enabled", "disabled", "deleted"] as const;
const ANY = "any";

export default function Automations() {
  const { t } = useTranslation("marketing");
  const { automation, status } = marketingRoute.useSearch();
  const navigate = marketingRoute.useNavigate();
  const show = (next: string | undefined) =>
    void navigate({ search: (before) => ({ ...before, automation: next, run: undefined }) });
  const filter = (next: string | undefined) => void navigate({ search: (before) => ({ ...before, status: next }) });
  const mayWrite = useMay("developer");
  const automations = useAutomations({ status, environment: useEnvironment() });
  const [editing, setEditing] = useState<Automation | null>(null);
  const add = mayWrite && (
    <Button look="primary" size="small" onClick={() => show("new")}>
      <Workflow className="size-4" aria-hidden />
      {t("automations.add")}
    </Button>
  );
  return (
    <>
      <FilterBar filtered={status !== undefined} onClear={() => filter(undefined)} aside={add}>
        <Select
          compact
          aria-label={t("automations.state")}
          value={status ?? ANY}
          onChange={(next) => filter(next === ANY ? undefined : next)}
          options={[
            { value: ANY, label: t("automations.any_state") },
            ...STATES.map((value) => ({ value, label: t(`automations.states.${value}`) })),
          ]}
        />
      </FilterBar>
      <Result
        query={automations}
        lines={8}
        isEmpty={(data) => data.pages[0]?.length === 0}
        empty={
          status === undefined ? (
            <Empty icon={Workflow} title={t("automations.empty")} action={add}>
              {t("automations.empty_text")}
            </Empty>
          ) : (
            <NoMatch onClear={() => filter(undefined)} />
          )
        }
      >
        {(data) => (
          <>
            <ul className="flex flex-col gap-3" aria-label={t("tabs.automations")}>
              {data.pages.flat().map((row) => (
                <Card key={row.id} automation={row} onOpen={() => show(row.id)} />
              ))}
            </ul>
            {automations.hasNextPage && (
              <div className="mt-3 text-center">
                <Button busy={automations.isFetchingNextPage} onClick={() => void automations.fetchNextPage()}>
                  {t("more")}
                </Button>
              </div>
            )}
          </>
        )}
      </Result>
      <Suspense>
        {automation === "new" && <AutomationDialog automation={null} onClose={() => show(undefined)} onSaved={show} />}
        {automation !== undefined && automation !== "new" && (
          <AutomationDrawer automationId={automation} onClose={() => show(undefined)} onEdit={setEditing} />
        )}
        {editing && (
          <AutomationDialog automation={editing} onClose={() => setEditing(null)} onSaved={() => setEditing(null)} />
        )}
      </Suspense>
    </>
  );
}

/** The state of an automation, in a word that `Status` knows. */
export function stateOf({ enabled, deleted_at }: Pick<Automation, "enabled" | "deleted_at">): string {
  return deleted_at !== null ? "deleted" : enabled ? "active" : "disabled";
}

function Card({ automation, onOpen }: { automation: ListedAutomation; onOpen: () => void }) {
  const { t } = useTranslation("marketing");
  const teller = useTeller();
  const run = automation.automation_runs[0];
  return (
    <li className="relative rounded-box border border-line bg-surface px-4 py-3 hover:border-line-strong">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span className="flex flex-wrap items-center gap-2">
          {/* The whole card is pressed; the button is what the keyboard and screen readers have. */}
          <button type="button" className="font-semibold after:absolute after:inset-0" onClick={onOpen}>
            <bdi>{automation.name}</bdi>
          </button>
          <Status state={stateOf(automation)} />
          {automation.environment !== null && <EnvironmentBadge environment={automation.environment} />}
        </span>
        <span className="flex items-center gap-2 text-[13px] text-muted">
          {run ? (
            <>
              {t("automations.last_run")} <Time at={run.started_at} />
              <Status state={run.status} />
            </>
          ) : (
            t("automations.never_ran")
          )}
        </span>
      </div>
      <p className="mt-1.5 max-w-prose">{ruleLine(ruleOf(automation.definition, teller), teller)}</p>
      {automation.description && (
        <p className="mt-1 text-[13px] text-muted">
          <bdi>{automation.description}</bdi>
        </p>
      )}
    </li>
  );
}
