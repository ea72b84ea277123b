/** One action of a rule, while it is written. */
import { useId } from "react";
import { Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ACTION_KINDS, type ActionKind } from "@/hooks/automations";
import type { Environment } from "@/hooks/connections";
import { Button } from "@/ui/button";
import { Checkbox, Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { ACTION_FIELDS, type ActionDraft, BOXES, CAPABILITY, fieldsOf, firstAction } from "./automation_draft";
import { useTools } from "./use_tools";

interface Props {
  action: ActionDraft;
  number: number;
  events: readonly string[];
  environment: Environment | null;
  onChange: (action: ActionDraft) => void;
  /** Left out where it is the only one. */
  onRemove: (() => void) | undefined;
}

const NONE = "";
const UNITS = ["minute", "hour", "day", "second"] as const;

export function ActionForm({ action, number, events, environment, onChange, onRemove }: Props) {
  const { t } = useTranslation("marketing");
  const list = useId();
  const change = (part: Partial<ActionDraft>) => onChange({ ...action, ...part });
  const turn = (kind: ActionKind) => {
    const fresh = firstAction(kind, events);
    const kept = Object.entries(action.with).filter(([name]) => ACTION_FIELDS[kind].includes(name));
    onChange({ ...action, kind, connection: null, with: { ...fresh.with, ...Object.fromEntries(kept) } });
  };
  return (
    <div
      role="group"
      aria-label={t("rule_form.action", { number })}
      className="flex flex-col gap-3 rounded-box border border-line p-3"
    >
      <div className="flex items-start justify-between gap-2">
        <div className="grid grid-cols-1 grow gap-3 sm:grid-cols-2">
          <Field label={t("rule_form.kind")}>
            {(control) => (
              <Select
                {...control}
                value={action.kind}
                onChange={turn}
                options={ACTION_KINDS.map((value) => ({
                  value,
                  label: t(`rule_form.kinds.${value.replace(".", "_") as "contact_tag"}`),
                }))}
              />
            )}
          </Field>
          <ToolField
            kind={action.kind}
            value={action.connection}
            environment={environment}
            onChange={(connection) => change({ connection })}
          />
        </div>
        {onRemove && (
          <Button look="quiet" size="icon" aria-label={t("rule_form.remove_action", { number })} onClick={onRemove}>
            <Trash2 className="size-4" aria-hidden />
          </Button>
        )}
      </div>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        {ACTION_FIELDS[action.kind].map((name) => {
          const value = action.with[name] ?? "";
          const say = (next: string) => change({ with: { ...action.with, [name]: next } });
          const label = t(`rule_form.with.${name as "email"}`);
          return BOXES.includes(name) ? (
            <Checkbox
              key={name}
              label={label}
              checked={value === "true"}
              onChange={(event) => say(event.target.checked ? "true" : "")}
            />
          ) : (
            <Field key={name} label={label}>
              {(control) => (
                <Input
                  {...control}
                  dir="auto"
                  list={list}
                  value={value}
                  onChange={(event) => say(event.target.value)}
                />
              )}
            </Field>
          );
        })}
        <datalist id={list}>
          {fieldsOf(events).map((field) => (
            <option key={field} value={`{{ ${field} }}`} />
          ))}
        </datalist>
      </div>
      <p className="text-[13px] text-muted">{t("rule_form.placeholders")}</p>
      <Field label={t("rule_form.delay")} help={t("rule_form.delay_help")}>
        {(control) => (
          <span className="flex gap-2">
            <Input
              {...control}
              className="w-24!"
              dir="ltr"
              inputMode="numeric"
              value={action.delay}
              onChange={(event) => change({ delay: event.target.value })}
            />
            <Select
              aria-label={t("rule_form.unit")}
              value={action.unit}
              onChange={(unit) => change({ unit })}
              options={UNITS.map((value) => ({ value, label: t(`rule_form.units.${value}`) }))}
            />
          </span>
        )}
      </Field>
    </div>
  );
}

interface ToolFieldProps {
  kind: ActionKind;
  value: string | null;
  environment: Environment | null;
  onChange: (connection: string | null) => void;
}

function ToolField({ kind, value, environment, onChange }: ToolFieldProps) {
  const { t } = useTranslation("marketing");
  const { data: tools } = useTools();
  const needed = CAPABILITY[kind];
  if (needed === null) return null;
  const able = (tools ?? []).filter(
    ({ connection, provider }) =>
      provider.capabilities.includes(needed) && (environment === null || connection.environment === environment),
  );
  // The hub itself keeps events too, and hands them to whoever listens.
  const nothing = kind === "event.track" ? t("rule.the_hub") : t("rule_form.choose_tool");
  return (
    <Field label={t("tool")} help={able.length === 0 ? t("rule_form.no_tool") : undefined}>
      {(control) => (
        <Select
          {...control}
          value={value ?? NONE}
          onChange={(next) => onChange(next === NONE ? null : next)}
          options={[
            { value: NONE, label: nothing },
            ...able.map(({ connection }) => ({ value: connection.id, label: connection.name })),
          ]}
        />
      )}
    </Field>
  );
}
