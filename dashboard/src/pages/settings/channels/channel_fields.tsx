/** What every channel says: its name, which alerts, in which language, how often it is reminded. */
import { useTranslation } from "react-i18next";
import type { Channel, ChannelFields, Kind } from "@/hooks/alert_channels";
import { SEVERITIES } from "@/hooks/alerts";
import { useConnections } from "@/hooks/connections";
import { Checkbox, Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { patternsOf, type Subject, SUBJECTS, subjectsOf, usePatternName } from "./kinds";

/** The answers of the form. */
export interface Answers {
  name: string;
  minimum_severity: ChannelFields["minimum_severity"];
  subjects: Set<Subject>;
  /** Patterns that the form has no box for: ids of rules, single kinds. */
  others: string[];
  connection: string;
  language: "both" | "en" | "ar";
  only_escalations: boolean;
  /** Minutes as they are typed; empty: never. */
  repeat: string;
}

export function answersOf(channel: Channel | null): Answers {
  return {
    name: channel?.name ?? "",
    minimum_severity: channel?.minimum_severity ?? "warning",
    ...subjectsOf(channel?.kinds ?? ["*"]),
    connection: channel?.connection_id ?? "",
    language: channel?.language === "en" || channel?.language === "ar" ? channel.language : "both",
    only_escalations: channel?.only_escalations ?? false,
    repeat: channel?.repeat_minutes == null ? "" : String(channel.repeat_minutes),
  };
}

export function fieldsOf(answers: Answers, kind: Kind): Omit<ChannelFields, "enabled"> {
  return {
    name: answers.name.trim(),
    minimum_severity: answers.minimum_severity,
    kinds: patternsOf(answers.subjects, answers.others),
    connection_id: answers.connection || null,
    language: answers.language === "both" ? null : answers.language,
    only_escalations: answers.only_escalations,
    // Within the hub nobody is reminded.
    repeat_minutes: kind === "in_app" || answers.repeat.trim() === "" ? null : Number(answers.repeat),
  };
}

interface Props {
  kind: Kind;
  answers: Answers;
  set: (change: Partial<Answers>) => void;
  /** The message for a field, if it has one. */
  errorOf: (field: string) => string | undefined;
}

export function ChannelFieldsForm({ kind, answers, set, errorOf }: Props) {
  const { t } = useTranslation(["settings", "common"]);
  const connections = useConnections(null).data ?? [];
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t("channels.severity")}>
          {(control) => (
            <Select
              {...control}
              value={answers.minimum_severity}
              onChange={(minimum_severity) => set({ minimum_severity })}
              options={SEVERITIES.map((value) => ({ value, label: t(`common:status.${value}`) }))}
            />
          )}
        </Field>
        <Field label={t("connections.one")}>
          {(control) => (
            <Select
              {...control}
              value={answers.connection}
              onChange={(connection) => set({ connection })}
              options={[
                { value: "", label: t("channels.any_connection") },
                ...connections.map(({ id, name }) => ({ value: id, label: name })),
              ]}
            />
          )}
        </Field>
        <Field label={t("channels.language")}>
          {(control) => (
            <Select
              {...control}
              value={answers.language}
              onChange={(language) => set({ language })}
              options={(["both", "en", "ar"] as const).map((value) => ({
                value,
                label: t(`channels.languages.${value === "both" && kind !== "email" ? "usual" : value}`),
              }))}
            />
          )}
        </Field>
        {kind !== "in_app" && (
          <Field
            label={t("channels.repeat")}
            help={t("channels.repeat_help")}
            error={errorOf("repeat_minutes")}
            optional
          >
            {(control) => (
              <Input
                {...control}
                type="number"
                min={5}
                max={10_080}
                value={answers.repeat}
                onChange={({ target }) => set({ repeat: target.value })}
              />
            )}
          </Field>
        )}
      </div>
      <Subjects answers={answers} set={set} error={errorOf("kinds")} />
      <Checkbox
        label={t("channels.only_escalations_field")}
        checked={answers.only_escalations}
        onChange={({ target }) => set({ only_escalations: target.checked })}
      />
    </>
  );
}

interface SubjectsProps {
  answers: Answers;
  set: (change: Partial<Answers>) => void;
  error: string | undefined;
}

function Subjects({ answers: { subjects, others }, set, error }: SubjectsProps) {
  const { t } = useTranslation("settings");
  const nameOf = usePatternName();
  const toggle = (subject: Subject, on: boolean) => {
    const next = new Set(subjects);
    if (on) next.add(subject);
    else next.delete(subject);
    set({ subjects: next });
  };
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">{t("channels.about")}</legend>
      <div className="grid gap-x-4 gap-y-2 sm:grid-cols-2 md:grid-cols-3">
        {SUBJECTS.map((subject) => (
          <Checkbox
            key={subject}
            label={<span className="inline-block first-letter:uppercase">{t(`channels.subject.${subject}`)}</span>}
            checked={subjects.has(subject)}
            onChange={({ target }) => toggle(subject, target.checked)}
          />
        ))}
        {others.map((pattern) => (
          <Checkbox
            key={pattern}
            label={<bdi>{nameOf(pattern)}</bdi>}
            checked
            onChange={() => set({ others: others.filter((each) => each !== pattern) })}
          />
        ))}
      </div>
      {error && (
        <p role="alert" className="mt-1 text-[13px] text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}
