/** Writing an automation: the common shapes in a form, the rest in JSON; the rule is read back while it is written. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Automation, type Definition, useSaveAutomation } from "@/hooks/automations";
import type { Environment } from "@/hooks/connections";
import { Problem } from "@/lib/problem";
import type { Json } from "@/lib/database";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Checkbox, Field, Input, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import { tellDone } from "@/ui/toast";
import { definitionOf, draftOf, firstDraft, type RuleDraft } from "./automation_draft";
import { errorAt, FormTrouble } from "./parts";
import { RuleForm } from "./rule_form";
import { RuleView } from "./rule_view";

interface Props {
  /** Null: a new one. */
  automation: Automation | null;
  onClose: () => void;
  onSaved: (id: string) => void;
}

type Mode = "form" | "json";
const BOTH = "both";

export function AutomationDialog({ automation, onClose, onSaved }: Props) {
  const { t } = useTranslation(["marketing", "common"]);
  const save = useSaveAutomation();
  const [name, setName] = useState(automation?.name ?? "");
  const [description, setDescription] = useState(automation?.description ?? "");
  const [environment, setEnvironment] = useState<Environment | null>(automation?.environment ?? null);
  const [enabled, setEnabled] = useState(automation?.enabled ?? false);
  const [draft, setDraft] = useState<RuleDraft>(() => (automation && draftOf(automation.definition)) ?? firstDraft());
  const [mode, setMode] = useState<Mode>(automation && !draftOf(automation.definition) ? "json" : "form");
  const [text, setText] = useState(() => written(automation?.definition ?? definitionOf(draft)));
  const [wrong, setWrong] = useState<Problem | null>(null);
  const definition = mode === "form" ? definitionOf(draft) : parsed(text);

  const turn = (next: Mode) => {
    setWrong(null);
    if (next === "json") {
      setText(written(definitionOf(draft)));
      setMode(next);
      return;
    }
    const fits = definition && draftOf(definition);
    if (fits) {
      setDraft(fits);
      setMode(next);
    } else setWrong(new Problem("invalid", "", definition ? "no_form" : "invalid_json"));
  };
  const submit = () => {
    setWrong(null);
    if (definition === null) {
      setWrong(new Problem("invalid", "", "invalid_json"));
      return;
    }
    save.mutate(
      {
        ...(automation && { automation_id: automation.id }),
        name: name.trim(),
        // An empty one takes the description away.
        ...((description !== "" || automation) && { description: description.trim() }),
        ...(environment && { environment }),
        enabled,
        definition: definition as unknown as Json,
      },
      {
        onSuccess: (saved) => {
          tellDone(t("automations.saved"));
          onSaved(saved.id);
        },
      },
    );
  };
  return (
    <Dialog
      open
      size="large"
      onOpenChange={onClose}
      title={t(automation ? "automations.edit" : "automations.add")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button look="primary" busy={save.isPending} onClick={submit}>
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          <Field label={t("automations.name")} error={errorAt(save.error, "name")}>
            {(control) => (
              <Input {...control} dir="auto" value={name} onChange={(event) => setName(event.target.value)} />
            )}
          </Field>
          <Field
            label={t("common:environment.label")}
            help={automation ? t("automations.environment_help") : undefined}
          >
            {(control) => (
              <Select
                {...control}
                value={environment ?? BOTH}
                onChange={(next) => setEnvironment(next === BOTH ? null : next)}
                options={([BOTH, "sandbox", "live"] as const)
                  // What is left out stays as it is: an environment once chosen is changed, not taken away.
                  .filter((value) => value !== BOTH || automation?.environment == null)
                  .map((value) => ({ value, label: t(`common:environment.${value}`) }))}
              />
            )}
          </Field>
        </div>
        <Field optional label={t("automations.description")} error={errorAt(save.error, "description")}>
          {(control) => (
            <Input
              {...control}
              dir="auto"
              value={description}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
        <div role="group" aria-label={t("automations.way")} className="flex gap-1 self-start rounded-box bg-sunken p-1">
          {(["form", "json"] as const).map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={mode === each}
              className="rounded px-3 py-1 text-[13px] font-medium text-muted aria-pressed:bg-surface aria-pressed:text-ink"
              onClick={() => mode !== each && turn(each)}
            >
              {t(`automations.ways.${each}`)}
            </button>
          ))}
        </div>
        {mode === "form" ? (
          <RuleForm draft={draft} environment={environment} onChange={setDraft} />
        ) : (
          <Field label={t("automations.definition")} help={t("automations.definition_help")}>
            {(control) => (
              <TextArea
                {...control}
                dir="ltr"
                rows={18}
                spellCheck={false}
                className="font-mono text-xs"
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
        )}
        {wrong && (
          <p role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
            {t(wrong.code === "no_form" ? "automations.no_form" : "automations.bad_json")}
          </p>
        )}
        <FormTrouble error={save.error} fields={["name", "description"]} />
        {definition && definition.events.length > 0 && (
          <section aria-label={t("automations.read_back")} className="rounded-box border border-line">
            <h3 className="border-b border-line px-4 py-2 text-[13px] font-medium text-muted">
              {t("automations.read_back")}
            </h3>
            <RuleView definition={definition} />
          </section>
        )}
        <Checkbox
          label={t("automations.enable_now")}
          checked={enabled}
          onChange={(event) => setEnabled(event.target.checked)}
        />
      </div>
    </Dialog>
  );
}

function written(definition: Definition): string {
  return JSON.stringify(definition, null, 2);
}

/** What was typed as a definition; null: it is none that could be shown. */
function parsed(text: string): Definition | null {
  try {
    const value = JSON.parse(text) as Partial<Definition> | null;
    const lists = Array.isArray(value?.events) && Array.isArray(value.actions);
    const told = lists && value.actions?.every((action) => typeof (action.with as unknown) === "object");
    return told === true ? (value as Definition) : null;
  } catch {
    return null;
  }
}
