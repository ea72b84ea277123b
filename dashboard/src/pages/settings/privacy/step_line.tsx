/** One step of a request: a place, what is done there, and for a person's part the way to say that it is done. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type Step, useCompleteStep } from "@/hooks/subject_requests";
import { formatCount } from "@/lib/format";
import { Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Field, TextArea } from "@/ui/field";
import { Time } from "@/ui/time";
import { tellDone } from "@/ui/toast";
import { ActorName } from "../member_name";
import { English, FormProblem } from "../parts";

export function StepLine({ step, mayEdit }: { step: Step; mayEdit: boolean }) {
  const { t } = useTranslation("settings");
  const style = useStyle();
  const actions = t("steps.action", { returnObjects: true }) as Record<string, string>;
  return (
    <li className="flex flex-col gap-1 px-3 py-2.5">
      <p className="flex flex-wrap items-center justify-between gap-2">
        <span className="min-w-0">
          <span className="font-medium">{actions[step.action] ?? step.action}</span>{" "}
          <code className="font-mono text-xs break-all" dir="ltr">
            {step.place}
          </code>
        </span>
        <Status state={step.status} />
      </p>
      <p className="text-[13px] text-muted">
        {t("steps.rows", { count: step.rows, shown: formatCount(step.rows, style) })}
        {step.kept > 0 && <> · {t("steps.kept", { count: step.kept, shown: formatCount(step.kept, style) })}</>}
        {step.finished_at !== null && (
          <>
            {" · "}
            <Time at={step.finished_at} />
          </>
        )}
        {step.completed_by !== null && (
          <>
            {" · "}
            <ActorName actor={step.completed_by} />
          </>
        )}
      </p>
      {step.note !== null && (
        <p className="text-[13px] break-words">
          <English>{step.note}</English>
        </p>
      )}
      {step.status === "by_person" && mayEdit && <Complete step={step} />}
    </li>
  );
}

function Complete({ step }: { step: Step }) {
  const { t } = useTranslation(["settings", "common"]);
  const complete = useCompleteStep();
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState("");
  if (!open) {
    return (
      <Button size="small" className="self-start" onClick={() => setOpen(true)}>
        {t("steps.complete")}
      </Button>
    );
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    // The form is gone before callbacks of `mutate` were called: the step is done.
    complete.mutateAsync({ step_id: step.id, ...(note.trim() !== "" && { note: note.trim() }) }).then(
      () => tellDone(t("steps.completed")),
      () => undefined, // Shown below.
    );
  };
  return (
    <form noValidate onSubmit={submit} className="mt-1 flex flex-col gap-3">
      <Field label={t("steps.note")} help={t("steps.note_help")} optional>
        {(control) => (
          <TextArea
            {...control}
            dir="auto"
            maxLength={1000}
            value={note}
            onChange={({ target }) => setNote(target.value)}
          />
        )}
      </Field>
      <FormProblem error={complete.error} />
      <div className="flex gap-2">
        <Button type="submit" look="primary" size="small" busy={complete.isPending}>
          {t("steps.complete")}
        </Button>
        <Button size="small" onClick={() => setOpen(false)}>
          {t("common:actions.cancel")}
        </Button>
      </div>
    </form>
  );
}
