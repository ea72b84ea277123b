/** Each time that an automation met an event, and what it did. */
import { useState } from "react";
import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import {
  type ActionKind,
  type AutomationRun,
  type AutomationStep,
  useAutomationRuns,
  useAutomationSteps,
  useCancelRun,
  useRetryStep,
} from "@/hooks/automations";
import { Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Json } from "@/ui/json";
import { Panel } from "@/ui/panel";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { tellDone, tellProblem } from "@/ui/toast";
import { RowError } from "./parts";
import { marketingRoute } from "./route";
import { actionOf, eventWord } from "./rule";
import { useTeller } from "./use_teller";
import { useWords } from "./words";

export function AutomationRuns({ automationId }: { automationId: string }) {
  const { t } = useTranslation("marketing");
  const { run: open } = marketingRoute.useSearch();
  const navigate = marketingRoute.useNavigate();
  const runs = useAutomationRuns(automationId);
  return (
    <Panel title={t("runs.title")}>
      <Result
        query={runs}
        isEmpty={(data) => data.pages[0]?.length === 0}
        empty={<p className="px-4 py-3 text-muted">{t("runs.none")}</p>}
      >
        {(data) => (
          <>
            <ul className="divide-y divide-line">
              {data.pages.flat().map((run) => (
                <Run
                  key={run.id}
                  run={run}
                  open={run.id === open}
                  onOpen={(next) =>
                    void navigate({ search: (before) => ({ ...before, run: next ? run.id : undefined }) })
                  }
                />
              ))}
            </ul>
            {runs.hasNextPage && (
              <div className="border-t border-line p-2 text-center">
                <Button size="small" busy={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
                  {t("more")}
                </Button>
              </div>
            )}
          </>
        )}
      </Result>
    </Panel>
  );
}

function Run({ run, open, onOpen }: { run: AutomationRun; open: boolean; onOpen: (open: boolean) => void }) {
  const { t } = useTranslation("marketing");
  const teller = useTeller();
  const reasons = useWords("reason");
  const mayWrite = useMay("developer");
  const cancel = useCancelRun();
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        className="flex w-full flex-wrap items-center justify-between gap-2 px-4 py-2 text-start hover:bg-sunken"
        onClick={() => onOpen(!open)}
      >
        <span className="flex flex-wrap items-center gap-2">
          <ChevronRight className={open ? "size-4 rotate-90" : "size-4 rtl:rotate-180"} aria-hidden />
          <Status state={run.status} />
          <span title={run.event_type}>{eventWord(run.event_type, teller.t)}</span>
          {run.reason !== null && <span className="text-[13px] text-muted">{reasons[run.reason] ?? run.reason}</span>}
        </span>
        <span className="text-[13px] text-muted">
          <Time at={run.started_at} />
        </span>
      </button>
      {open && (
        <div className="flex flex-col gap-3 border-t border-line bg-page px-4 py-3">
          <Steps runId={run.id} />
          {mayWrite && run.status === "running" && (
            <div>
              <Button
                size="small"
                look="danger"
                busy={cancel.isPending}
                onClick={() =>
                  cancel.mutate(run.id, { onSuccess: () => tellDone(t("runs.cancelled")), onError: tellProblem })
                }
              >
                {t("runs.cancel")}
              </Button>
            </div>
          )}
        </div>
      )}
    </li>
  );
}

function Steps({ runId }: { runId: string }) {
  const { t } = useTranslation("marketing");
  return (
    <Result query={useAutomationSteps(runId)} lines={2} empty={<p className="text-muted">{t("runs.no_steps")}</p>}>
      {(steps) => (
        <ol className="flex flex-col gap-3">
          {steps.map((step) => (
            <Step key={step.id} step={step} />
          ))}
        </ol>
      )}
    </Result>
  );
}

function Step({ step }: { step: AutomationStep }) {
  const { t } = useTranslation("marketing");
  const teller = useTeller();
  const mayWrite = useMay("developer");
  const retry = useRetryStep();
  const [asking, setAsking] = useState(false);
  const again = (force: boolean) => retry.mutateAsync({ step_id: step.id, force });
  const action = {
    kind: step.kind as ActionKind,
    with: step.input as Record<string, unknown>,
    ...(step.connection_id !== null && { connection_id: step.connection_id }),
  };
  return (
    <li className="flex flex-col gap-1.5">
      <span className="flex flex-wrap items-center gap-2">
        <span className="tabular text-muted">{step.position + 1}.</span>
        <Status state={step.status} />
        <span>{actionOf(action, teller)}</span>
      </span>
      <span className="flex flex-wrap gap-x-3 text-[13px] text-muted">
        {step.finished_at === null ? (
          <span>
            {t("runs.due")} <Time at={step.due_at} />
          </span>
        ) : (
          <Time at={step.finished_at} />
        )}
        {step.attempts > 0 && <span>{t("runs.attempts", { count: step.attempts })}</span>}
      </span>
      <RowError error={step.error} />
      <details>
        <summary className="cursor-pointer text-[13px] text-muted">{t("runs.details")}</summary>
        <div className="mt-1.5 flex flex-col gap-2">
          <Json value={step.input} label={t("runs.input")} />
          {step.result !== null && <Json value={step.result} label={t("runs.result")} />}
        </div>
      </details>
      {mayWrite && (step.status === "failed" || step.status === "unknown") && (
        <div>
          <Button
            size="small"
            busy={retry.isPending}
            onClick={() => (step.status === "unknown" ? setAsking(true) : void again(false).catch(tellProblem))}
          >
            {t("runs.retry")}
          </Button>
        </div>
      )}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("runs.force_title")}
        action={t("runs.retry")}
        onConfirm={() => again(true)}
      >
        {t("runs.force_text")}
      </Confirm>
    </li>
  );
}
