/** A rule in a form: events, conditions that must all hold, and actions. */
import { Plus, Trash2, X } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { type Operator, OPERATORS } from "@/hooks/automations";
import type { Environment } from "@/hooks/connections";
import { Button } from "@/ui/button";
import { Combobox } from "@/ui/combobox";
import { Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { ActionForm } from "./action_form";
import { compares, type ConditionDraft, EVENTS, fieldsOf, firstAction, type RuleDraft } from "./automation_draft";
import { eventWord, fieldWord } from "./rule";

interface Props {
  draft: RuleDraft;
  environment: Environment | null;
  onChange: (draft: RuleDraft) => void;
}

export function RuleForm({ draft, environment, onChange }: Props) {
  const { t } = useTranslation("marketing");
  const change = (part: Partial<RuleDraft>) => onChange({ ...draft, ...part });
  const fields = fieldsOf(draft.events);
  return (
    <div className="flex flex-col gap-5">
      <Events events={draft.events} onChange={(events) => change({ events })} />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1.5 font-medium">{t("rule_form.if")}</legend>
        {draft.conditions.map((condition, index) => (
          <Condition
            key={index}
            condition={condition}
            number={index + 1}
            fields={fields}
            onChange={(next) =>
              change({ conditions: draft.conditions.map((before, each) => (each === index ? next : before)) })
            }
            onRemove={() => change({ conditions: draft.conditions.filter((_, each) => each !== index) })}
          />
        ))}
        <div>
          <Button
            size="small"
            onClick={() =>
              change({ conditions: [...draft.conditions, { field: fields[0] ?? "type", op: "eq", value: "" }] })
            }
          >
            <Plus className="size-3.5" aria-hidden />
            {t("rule_form.add_condition")}
          </Button>
        </div>
      </fieldset>
      <fieldset className="flex flex-col gap-3">
        <legend className="mb-1.5 font-medium">{t("rule_form.then")}</legend>
        {draft.actions.map((action, index) => (
          <ActionForm
            key={index}
            action={action}
            number={index + 1}
            events={draft.events}
            environment={environment}
            onChange={(next) =>
              change({ actions: draft.actions.map((before, each) => (each === index ? next : before)) })
            }
            onRemove={
              draft.actions.length > 1
                ? () => change({ actions: draft.actions.filter((_, each) => each !== index) })
                : undefined
            }
          />
        ))}
        <div>
          <Button
            size="small"
            onClick={() => change({ actions: [...draft.actions, firstAction("contact.tag", draft.events)] })}
          >
            <Plus className="size-3.5" aria-hidden />
            {t("rule_form.add_action")}
          </Button>
        </div>
      </fieldset>
    </div>
  );
}

function Events({ events, onChange }: { events: readonly string[]; onChange: (events: string[]) => void }) {
  const { t } = useTranslation(["marketing", "common"]);
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 font-medium">{t("rule_form.when")}</legend>
      <div className="flex flex-wrap items-center gap-2">
        {events.map((event) => (
          <span
            key={event}
            title={event}
            className="inline-flex items-center gap-1 rounded-full bg-accent-soft py-0.5 ps-3 pe-1 text-accent-strong"
          >
            {eventWord(event, t)}
            <button
              type="button"
              className="rounded-full p-1 hover:bg-surface"
              aria-label={t("rule_form.remove_event", { event: eventWord(event, t) })}
              onClick={() => onChange(events.filter((each) => each !== event))}
            >
              <X className="size-3" aria-hidden />
            </button>
          </span>
        ))}
        <Combobox
          label={t("rule_form.add_event")}
          value={null}
          onChange={(event) => event !== null && onChange([...events, event])}
          options={EVENTS.filter((event) => !events.includes(event)).map((value) => ({
            value,
            label: eventWord(value, t),
          }))}
        />
      </div>
    </fieldset>
  );
}

interface ConditionProps {
  condition: ConditionDraft;
  number: number;
  fields: readonly string[];
  onChange: (condition: ConditionDraft) => void;
  onRemove: () => void;
}

function Condition({ condition, number, fields, onChange, onRemove }: ConditionProps) {
  const { t } = useTranslation(["marketing", "common"]);
  const list = useId();
  const change = (part: Partial<ConditionDraft>) => onChange({ ...condition, ...part });
  return (
    <div
      role="group"
      aria-label={t("rule_form.condition", { number })}
      className="grid grid-cols-1 items-center gap-2 sm:grid-cols-[1fr_11rem_1fr_auto]"
    >
      <Input
        aria-label={t("rule_form.field")}
        dir="ltr"
        list={list}
        value={condition.field}
        onChange={(event) => change({ field: event.target.value })}
      />
      <datalist id={list}>
        {fields.map((field) => (
          <option key={field} value={field}>
            {fieldWord(field, t)}
          </option>
        ))}
      </datalist>
      <Select
        aria-label={t("rule_form.operator")}
        value={condition.op}
        onChange={(op: Operator) => change({ op })}
        options={OPERATORS.map((value) => ({ value, label: t(`rule_form.op.${value}`) }))}
      />
      {compares(condition.op) ? (
        <Input
          aria-label={t("rule_form.value")}
          placeholder={
            condition.op === "in" || condition.op === "not_in" ? t("rule_form.values") : t("rule_form.value")
          }
          dir="auto"
          value={condition.value}
          onChange={(event) => change({ value: event.target.value })}
        />
      ) : (
        <span />
      )}
      <Button look="quiet" size="icon" aria-label={t("rule_form.remove_condition", { number })} onClick={onRemove}>
        <Trash2 className="size-4" aria-hidden />
      </Button>
    </div>
  );
}
