/** The form of one operation: its questions, further arguments as JSON, and the faults that its calls are to meet. */
import { type SyntheticEvent, useMemo, useState } from "react";
import { ChevronRight, Play } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import type { Connection } from "@/hooks/connections";
import { useSandbox } from "@/hooks/sandbox";
import { type Run, useRun } from "@/hooks/test_runs";
import { Button } from "@/ui/button";
import { Field, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import { ProblemText } from "@/ui/states";
import type { ActionKey, TestAction } from "./actions";
import { type Answers, argumentsOf, type Faults } from "./arguments";
import { AskField } from "./ask_field";
import { faultOf, type WantedFault } from "./faults";
import { FaultsForm } from "./faults_form";

interface Props {
  action: TestAction;
  actions: readonly TestAction[];
  connection: Connection;
  onChoose: (key: ActionKey) => void;
  onRun: (run: Run) => void;
}

export function ActionForm({ action, actions, connection, onChoose, onRun }: Props) {
  const { t } = useTranslation("testing");
  const { id: organizationId } = useOrganization();
  const sandbox = useSandbox();
  // How often it was run: each run asks anew for what is made from the time, such as a reference.
  const [round, setRound] = useState(0);
  const asks = useMemo(() => (round >= 0 ? action.asks(connection.provider_key) : []), [action, connection, round]);
  const [answers, setAnswers] = useState<Answers>({});
  const [more, setMore] = useState("");
  const [faults, setFaults] = useState<readonly WantedFault[]>([]);
  const [wrong, setWrong] = useState<Faults>({});
  const run = useRun();
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    // A new one for each press: to press again is another try, not a repeat of this one.
    const context = { connectionId: connection.id, organizationId, idempotencyKey: crypto.randomUUID() };
    const made = argumentsOf(action, asks, answers, more, context);
    setWrong("faults" in made ? made.faults : {});
    if ("faults" in made) return;
    const done = await run
      .mutateAsync({
        rpc: action.key,
        operation: action.operation,
        connectionId: connection.id,
        args: made.args,
        faults: faults.map((fault) => faultOf(connection.provider_key, fault)),
        sandbox: sandbox.data ?? null,
      })
      .catch(() => null); // Shown below.
    if (!done) return;
    setRound(round + 1);
    onRun(done);
  };
  const told = (fault: "required" | "json" | undefined) => fault && t(`fault.${fault}`);
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4 p-4">
      <Field label={t("run.operation")} help={t(`action_help.${action.key}`)}>
        {(control) => (
          <Select
            {...control}
            value={action.key}
            onChange={onChoose}
            options={actions.map(({ key }) => ({ value: key, label: t(`action.${key}`) }))}
          />
        )}
      </Field>
      {asks.map((each) => (
        <AskField
          key={each.name}
          ask={each}
          connectionId={connection.id}
          value={answers[each.name] ?? each.value}
          error={told(wrong[each.name])}
          onChange={(value) => {
            setAnswers((before) => ({ ...before, [each.name]: value }));
            setWrong({});
          }}
        />
      ))}
      <Fold title={t("run.more")}>
        <Field label={t("run.more_label")} help={t("run.more_help", { rpc: action.key })} error={told(wrong.more)}>
          {(control) => (
            <TextArea
              {...control}
              dir="ltr"
              lang="en"
              spellCheck={false}
              className="font-mono text-xs"
              value={more}
              onChange={(event) => {
                setMore(event.target.value);
                setWrong({});
              }}
            />
          )}
        </Field>
      </Fold>
      {sandbox.data ? (
        <FaultsForm connectionId={connection.id} operation={action.key} faults={faults} onChange={setFaults} />
      ) : (
        sandbox.data === null && <p className="text-[13px] text-muted">{t("faults.none_here")}</p>
      )}
      {run.error && (
        <p role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
          <ProblemText error={run.error} />
        </p>
      )}
      <Button type="submit" look="primary" busy={run.isPending}>
        {!run.isPending && <Play className="size-4 rtl:-scale-x-100" aria-hidden />}
        {t("run.go")}
      </Button>
    </form>
  );
}

function Fold({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <details className="group rounded-box border border-line">
      <summary className="flex cursor-pointer items-center gap-2 px-3 py-2 font-medium">
        <ChevronRight
          className="size-4 transition-transform group-open:rotate-90 rtl:rotate-180 rtl:group-open:rotate-90"
          aria-hidden
        />
        {title}
      </summary>
      <div className="border-t border-line p-3">{children}</div>
    </details>
  );
}
