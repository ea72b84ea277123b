/** What an automation would do with an event: one that happened, or one that is made up. Nothing is done. */
import { useState } from "react";
import { FlaskConical } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type Automation, type DryRun, useDryRun } from "@/hooks/automations";
import { useRecentEventsOf } from "@/hooks/events";
import { formatAgo } from "@/lib/format";
import { Problem } from "@/lib/problem";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Field, TextArea } from "@/ui/field";
import { Json } from "@/ui/json";
import { Panel } from "@/ui/panel";
import { Select } from "@/ui/select";
import { FormTrouble } from "./parts";
import { actionOf, delayOf } from "./rule";
import { useTeller } from "./use_teller";
import { useWords } from "./words";

const MADE_UP = "made_up";

export function DryRunPanel({ automation }: { automation: Automation }) {
  const { t } = useTranslation("marketing");
  const style = useStyle();
  const events = useRecentEventsOf(automation.events);
  const trial = useDryRun();
  const [chosen, setChosen] = useState<string | null>(null);
  const [text, setText] = useState(() => example(automation.events[0] ?? "lead.captured"));
  const [wrong, setWrong] = useState<unknown>(null);
  const event = chosen ?? events.data?.[0]?.id ?? MADE_UP;
  const run = () => {
    setWrong(null);
    if (event !== MADE_UP) {
      trial.mutate({ automation_id: automation.id, event_id: event });
      return;
    }
    try {
      trial.mutate({ automation_id: automation.id, event: JSON.parse(text) as Record<string, string> });
    } catch (reason) {
      setWrong(new Problem("invalid", String(reason), "invalid_json", "event"));
    }
  };
  return (
    <Panel title={t("trial.title")}>
      <div className="flex flex-col gap-3 px-4 py-3">
        <p className="text-muted">{t("trial.text")}</p>
        <Field label={t("trial.event")}>
          {(control) => (
            <Select
              {...control}
              value={event}
              onChange={setChosen}
              options={[
                ...(events.data ?? []).map(({ id, type, created_at }) => ({
                  value: id,
                  label: `${type} · ${formatAgo(created_at, style)}`,
                })),
                { value: MADE_UP, label: t("trial.made_up") },
              ]}
            />
          )}
        </Field>
        {event === MADE_UP && (
          <Field label={t("trial.json")}>
            {(control) => (
              <TextArea
                {...control}
                dir="ltr"
                rows={8}
                spellCheck={false}
                className="font-mono text-xs"
                value={text}
                onChange={(change) => setText(change.target.value)}
              />
            )}
          </Field>
        )}
        <div>
          <Button busy={trial.isPending} onClick={run}>
            <FlaskConical className="size-4" aria-hidden />
            {t("trial.run")}
          </Button>
        </div>
        <FormTrouble error={wrong ?? trial.error} fields={[]} />
        {trial.data && wrong === null && <Told told={trial.data} />}
      </div>
    </Panel>
  );
}

/** An event to begin with: its type, and nothing known of its subject. */
function example(pattern: string): string {
  const type = pattern === "*" ? "lead.captured" : pattern.replace("*", "succeeded");
  const data = { reference: "order-1", amount: "150.00", currency: "AED", email: "fatima@example.ae" };
  return JSON.stringify({ type, data: { ...data, customer: { email: "fatima@example.ae" } } }, null, 2);
}

function Told({ told }: { told: DryRun }) {
  const { t } = useTranslation("marketing");
  const teller = useTeller();
  const reasons = useWords("reason");
  return (
    <div role="status" className="flex flex-col gap-2 rounded-box border border-line p-3">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={told.would_run ? "good" : "neutral"}>
          {t(told.would_run ? "trial.would" : "trial.would_not")}
        </Badge>
        {told.reason !== null && (
          <span lang={told.reason in reasons ? undefined : "en"}>{reasons[told.reason] ?? told.reason}</span>
        )}
      </p>
      <ol className="flex flex-col gap-2">
        {told.steps.map((step) => {
          const { connection_id, after_seconds = 0 } = step;
          const action = { kind: step.kind, with: step.input, ...(connection_id && { connection_id }) };
          return (
            <li key={step.position} className="flex flex-col gap-1">
              <span>
                <span className="tabular text-muted">{step.position + 1}. </span>
                {step.status === "skipped" && <Badge>{t("trial.skipped")}</Badge>} {actionOf(action, teller)}
                {after_seconds > 0 && (
                  <span className="text-muted"> · {t("rule.after", { delay: delayOf(after_seconds, teller.t) })}</span>
                )}
              </span>
              <Json value={step.input} label={t("trial.input", { number: step.position + 1 })} />
            </li>
          );
        })}
      </ol>
    </div>
  );
}
