/** Try one operation: what it is asked, what is to go wrong, and what came of it. */
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import type { Connection } from "@/hooks/connections";
import { useProviders } from "@/hooks/providers";
import { useRuns } from "@/hooks/test_runs";
import { Panel } from "@/ui/panel";
import { Empty, NoPermission, Result } from "@/ui/states";
import { ActionForm } from "./action_form";
import { actionsFor } from "./actions";
import { testingRoute } from "./route";
import { RunDetails } from "./run_details";
import { RunList } from "./run_list";
import { FlaskConical } from "lucide-react";

export function RunTab({ connection }: { connection: Connection }) {
  const { t } = useTranslation("testing");
  const providers = useProviders();
  const allowed = useMay("developer");
  const { action: wanted, operation } = testingRoute.useSearch();
  const navigate = testingRoute.useNavigate();
  const runs = useRuns();
  const show = (id: string | undefined) => void navigate({ search: (before) => ({ ...before, operation: id }) });
  const shownRun = runs.find(({ id }) => id === operation) ?? null;
  return (
    <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-[26rem_minmax(0,1fr)]">
      <div className="flex min-w-0 flex-col gap-5">
        <Panel title={t("run.title")}>
          {!allowed ? (
            <NoPermission needs="developer" />
          ) : (
            <Result query={providers}>
              {(all) => {
                const provider = all.find(({ key }) => key === connection.provider_key);
                const actions = actionsFor(provider?.capabilities ?? []);
                const action = actions.find(({ key }) => key === wanted) ?? actions[0];
                if (!action) return <Empty title={t("run.nothing")}>{t("run.nothing_text")}</Empty>;
                return (
                  <ActionForm
                    key={action.key}
                    action={action}
                    actions={actions}
                    connection={connection}
                    onChoose={(key) => void navigate({ search: (before) => ({ ...before, action: key }) })}
                    onRun={(run) => show(run.id)}
                  />
                );
              }}
            </Result>
          )}
        </Panel>
        {runs.length > 0 && <RunList runs={runs} shown={operation ?? null} onShow={show} />}
      </div>
      {operation === undefined ? (
        <Panel title={t("details.title")}>
          <Empty icon={FlaskConical} title={t("details.empty")}>
            {t("details.empty_text")}
          </Empty>
        </Panel>
      ) : (
        <RunDetails key={operation} id={operation} run={shownRun} />
      )}
    </div>
  );
}
