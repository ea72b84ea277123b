/** One question of an operation. */
import { useTranslation } from "react-i18next";
import { type Subject, useSubjects } from "@/hooks/test_subjects";
import { Field, Input, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import type { Ask } from "./actions";

interface Props {
  ask: Ask;
  connectionId: string;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

export function AskField({ ask, connectionId, value, error, onChange }: Props) {
  const { t } = useTranslation("testing");
  const label = t(`ask.${ask.name}`);
  const help = ask.name === "payment_method" ? t("ask_help.payment_method") : undefined;
  return (
    <Field label={label} help={help} error={error} optional={ask.required !== true && ask.kind !== "choice"}>
      {(control) => {
        if (ask.kind === "subject") {
          return <SubjectSelect {...control} ask={ask} connectionId={connectionId} value={value} onChange={onChange} />;
        }
        if (ask.kind === "choice") {
          return (
            <Select
              {...control}
              value={value}
              onChange={onChange}
              options={(ask.choices ?? []).map((each) => ({
                value: each,
                label: each === "" ? t("ask_choice.page") : each,
              }))}
            />
          );
        }
        if (ask.kind === "json") {
          return (
            <TextArea
              {...control}
              dir="ltr"
              lang="en"
              spellCheck={false}
              className="font-mono text-xs"
              rows={Math.min(8, value.split("\n").length)}
              value={value}
              onChange={(event) => onChange(event.target.value)}
            />
          );
        }
        return (
          <Input
            {...control}
            dir="auto"
            autoComplete="off"
            spellCheck={false}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        );
      }}
    </Field>
  );
}

type SelectProps = Omit<Props, "error"> & { id: string };

/** One of the connection's payments, parcels or accounts; only such that it can be done to. */
function SubjectSelect({ ask, connectionId, value, onChange, ...control }: SelectProps) {
  const { t } = useTranslation(["testing", "common"]);
  const subjects = useSubjects(ask.subject ?? null, connectionId);
  const words = t("common:status", { returnObjects: true }) as Record<string, string>;
  const fits = ({ state }: Subject) => !ask.states || (state !== null && ask.states.includes(state));
  const found = subjects.data?.filter(fits) ?? [];
  const none = subjects.data && found.length === 0 ? t("ask_choice.none") : t("common:form.choose");
  const named = ({ name, state }: Subject) => (state === null ? name : `${name} · ${words[state] ?? state}`);
  return (
    <Select
      {...control}
      value={value}
      onChange={onChange}
      options={[{ value: "", label: none }, ...found.map((each) => ({ value: each.value, label: named(each) }))]}
    />
  );
}
