/** One field of the form to try an operation with. */
import { useTranslation } from "react-i18next";
import { Field as FormField, Input, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import { exampleOf, type Field } from "./request";

interface Props {
  field: Field;
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
}

export function TryField({ field, value, onChange, error }: Props) {
  const { t } = useTranslation(["developers", "common"]);
  const { schema, name, required, fixed } = field;
  const types = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type];
  const choices = schema.enum
    ? schema.enum.filter((each): each is string => typeof each === "string")
    : types.includes("boolean")
      ? ["true", "false"]
      : null;
  const label = (
    <code dir="ltr" className="font-mono text-[13px]">
      {name}
    </code>
  );
  return (
    <FormField label={label} optional={!required && !fixed} error={error} help={fixed && t(`reference.fixed_${fixed}`)}>
      {(control) => {
        if (fixed) return <Input {...control} dir="ltr" disabled value={fixed === "environment" ? "sandbox" : "…"} />;
        if (choices) {
          return (
            <Select
              {...control}
              value={value}
              onChange={onChange}
              options={[
                { value: "", label: t("common:form.choose") },
                ...choices.map((choice) => ({ value: choice, label: choice })),
              ]}
            />
          );
        }
        const typed = {
          ...control,
          value,
          dir: "ltr",
          lang: "en",
          spellCheck: false,
          autoComplete: "off",
          placeholder: exampleOf(field, undefined),
          onChange: (event: { target: { value: string } }) => onChange(event.target.value),
        } as const;
        const isJson = !types.some((type) => ["string", "integer", "number"].includes(type));
        return isJson ? (
          <TextArea {...typed} className="font-mono text-xs" rows={2} />
        ) : (
          <Input {...typed} className="font-mono text-[13px]" />
        );
      }}
    </FormField>
  );
}
