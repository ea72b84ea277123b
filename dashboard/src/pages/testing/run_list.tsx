/** The runs of this session: to look at again, and to compare. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useConnections } from "@/hooks/connections";
import { useOperation } from "@/hooks/operations";
import type { Run } from "@/hooks/test_runs";
import { cx } from "@/lib/cx";
import { Status } from "@/ui/badge";
import { Panel } from "@/ui/panel";
import { Time } from "@/ui/time";
import type { ActionKey } from "./actions";

interface Props {
  runs: readonly Run[];
  shown: string | null;
  onShow: (id: string) => void;
}

export function RunList({ runs, shown, onShow }: Props) {
  const { t } = useTranslation("testing");
  const { slug } = useOrganization();
  const [last, before] = runs.filter(({ operationId }) => operationId !== null);
  return (
    <Panel
      title={t("runs.title")}
      aside={
        last && before ? (
          <Link
            to="/o/$slug/testing"
            params={{ slug }}
            search={(here) => ({ ...here, tab: "compare", a: before.id, b: last.id })}
            className="text-[13px] text-accent-strong hover:underline"
          >
            {t("runs.compare")}
          </Link>
        ) : null
      }
    >
      <ul className="max-h-96 divide-y divide-line overflow-y-auto">
        {runs.map((run) => (
          <li key={run.id}>
            <button
              type="button"
              aria-current={run.id === shown || undefined}
              onClick={() => onShow(run.id)}
              className={cx(
                "flex w-full items-center justify-between gap-3 px-4 py-2 text-start hover:bg-sunken",
                run.id === shown && "bg-accent-soft",
              )}
            >
              <RunLine run={run} />
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function RunLine({ run }: { run: Run }) {
  const { t } = useTranslation("testing");
  const operation = useOperation(run.operationId);
  const connection = useConnections("sandbox").data?.find(({ id }) => id === run.connectionId);
  const state = run.problem ? "refused" : run.operationId === null ? "done" : operation.data?.status;
  return (
    <>
      <span className="min-w-0">
        <span className="block truncate font-medium">{t(`action.${run.rpc as ActionKey}`)}</span>
        <span className="block truncate text-[13px] text-muted">
          <bdi>{connection?.name}</bdi> · <Time at={run.startedAt} />
          {run.faults.length > 0 && ` · ${t("runs.faults", { count: run.faults.length })}`}
        </span>
      </span>
      {state !== undefined && <Status state={state} />}
    </>
  );
}
