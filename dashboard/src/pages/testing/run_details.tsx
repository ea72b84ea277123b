/** What came of a run: its state in words, what was asked and answered at once, and every call that it made. */
import { Fact, Facts as FactList } from "@/ui/facts";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type CallsOf, useCalls } from "@/hooks/calls";
import { failureOf, type Operation, useOperation } from "@/hooks/operations";
import type { Run } from "@/hooks/test_runs";
import { formatDuration } from "@/lib/format";
import type { Problem } from "@/lib/problem";
import { Status } from "@/ui/badge";
import { Id } from "@/ui/copy_button";
import { Json } from "@/ui/json";
import { Panel } from "@/ui/panel";
import { Empty, Loading, ProblemText, Trouble } from "@/ui/states";
import { Time } from "@/ui/time";
import { CallView } from "./call_view";
import { type CallFault } from "./faults";
import { isLive, tookMs } from "./outcome";

interface Props {
  /** The run's: its operation's id, if it has one. */
  id: string;
  /** The run as this session knows it; null: it was opened by a link. */
  run: Run | null;
}

export function RunDetails({ id, run }: Props) {
  const { t } = useTranslation("testing");
  const operationId = run === null ? id : run.operationId;
  const operation = useOperation(operationId);
  if (run?.problem) return <RefusedRun run={run} problem={run.problem} />;
  if (operationId !== null && operation.data === undefined) {
    return (
      <Panel title={t("details.title")}>
        {operation.isPending ? (
          <Loading />
        ) : (
          <Trouble error={operation.error} onRetry={() => void operation.refetch()} />
        )}
      </Panel>
    );
  }
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <Panel
        title={t("details.title")}
        aside={operation.data ? <Status state={operation.data.status} /> : <Status state="done" />}
      >
        <div className="flex flex-col gap-4 p-4">
          {operation.data ? <OperationFacts operation={operation.data} /> : <p>{t("details.no_operation")}</p>}
          <Asked run={run} operation={operation.data ?? null} />
        </div>
      </Panel>
      <Calls run={run} operation={operation.data ?? null} />
    </div>
  );
}

/** The hub did not take it on. */
function RefusedRun({ run, problem }: { run: Run; problem: Problem }) {
  const { t } = useTranslation("testing");
  return (
    <Panel title={t("details.title")} aside={<Status state="refused" />}>
      <div className="flex flex-col gap-4 p-4">
        <p>{t("details.refused")}</p>
        <p role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
          <ProblemText error={problem} />
        </p>
        <Facts
          facts={[
            [t("details.code"), <Code key="code">{problem.code}</Code>],
            [t("details.field"), problem.field && <Code key="field">{problem.field}</Code>],
          ]}
        />
        <Asked run={run} operation={null} />
      </div>
    </Panel>
  );
}

function OperationFacts({ operation }: { operation: Operation }) {
  const { t } = useTranslation("testing");
  const style = useStyle();
  const failed = operation.status !== "succeeded" && operation.status !== "pending";
  const error = operation.error as { code?: string } | null;
  const took = tookMs(operation);
  return (
    <>
      <p>{t(`outcome.${operation.status}`)}</p>
      {(failed || (error && operation.status === "pending")) && (
        <p className={failed ? "rounded-box bg-bad-soft px-3 py-2 text-bad" : "text-muted"}>
          <ProblemText error={failureOf(operation)} />
        </p>
      )}
      <Facts
        facts={[
          [t("details.kind"), <Code key="kind">{operation.kind}</Code>],
          [t("details.attempts"), operation.attempts],
          [t("details.took"), took === null ? null : formatDuration(took, style)],
          [t("details.code"), error?.code && <Code key="code">{error.code}</Code>],
          [t("details.asked_at"), <Time key="at" at={operation.created_at} absolute />],
          [t("details.operation"), <Id key="id" value={operation.id} />],
          [t("details.trace"), operation.trace_id && <Id key="trace" value={operation.trace_id} />],
        ]}
      />
    </>
  );
}

/** What the client said, and what the hub answered at once. */
function Asked({ run, operation }: { run: Run | null; operation: Operation | null }) {
  const { t } = useTranslation("testing");
  const style = useStyle();
  return (
    <>
      {run && run.faults.length > 0 && (
        <p className="text-[13px] text-muted">
          {t("details.faults")}{" "}
          {run.faults.map(({ kind }) => t(`fault_kind.${kind as CallFault}`)).join(t("details.list_separator"))}
        </p>
      )}
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        <Named title={run ? t("details.arguments", { rpc: run.rpc }) : t("details.input")}>
          <Json label={t("details.arguments_label")} value={run ? run.asked : (operation?.input ?? null)} />
        </Named>
        {run && run.answer !== null && (
          <Named title={t("details.answer", { duration: formatDuration(run.takenOnMs, style) })}>
            <Json label={t("details.answer_label")} value={run.answer} />
          </Named>
        )}
        {operation?.result != null && (
          <Named title={t("details.result")}>
            <Json label={t("details.result")} value={operation.result} />
          </Named>
        )}
      </div>
    </>
  );
}

function Calls({ run, operation }: { run: Run | null; operation: Operation | null }) {
  const { t } = useTranslation("testing");
  const of: CallsOf | null = operation
    ? { operationId: operation.id }
    : run && { connectionId: run.connectionId, since: run.startedAt };
  const calls = useCalls(of, isLive(run, operation));
  return (
    <Panel title={t("calls.title")} aside={<span className="text-[13px] text-muted">{t("calls.redacted")}</span>}>
      {calls.data === undefined ? (
        calls.error ? (
          <Trouble error={calls.error} onRetry={() => void calls.refetch()} />
        ) : (
          <Loading />
        )
      ) : calls.data.length === 0 ? (
        <Empty title={t(operation?.status === "pending" ? "calls.waiting" : "calls.empty")}>
          {t(operation?.status === "pending" ? "calls.waiting_text" : "calls.empty_text")}
        </Empty>
      ) : (
        <ol className="divide-y divide-line">
          {calls.data.map((call, index) => (
            <CallView key={call.id} call={call} open={index === calls.data.length - 1} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

/** Names and values; what is empty is left out. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <FactList>
      {facts.map(([name, value]) => (
        <Fact key={name} name={name}>
          {value}
        </Fact>
      ))}
    </FactList>
  );
}

function Named({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <h3 className="mb-1.5 text-[13px] font-medium">{title}</h3>
      {children}
    </div>
  );
}

function Code({ children }: { children: string }) {
  return (
    <code className="font-mono text-xs" dir="ltr">
      {children}
    </code>
  );
}
