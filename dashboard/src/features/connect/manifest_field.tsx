/** One question of a manifest. Its label and help are the manifest's, which are English. */
import type { UseFormReturn } from "react-hook-form";
import { useTranslation } from "react-i18next";
import type { ProviderField } from "@/hooks/providers";
import { Checkbox, Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import type { Answers } from "./answers";

interface Props {
  field: ProviderField;
  /** Of the input. */
  name: string;
  form: UseFormReturn<Answers>;
}

export function ManifestField({ field, name, form }: Props) {
  const { t } = useTranslation(["connect", "common"]);
  if (field.type === "boolean") {
    return (
      <div className="flex flex-col gap-1">
        <Checkbox label={<Told>{field.label}</Told>} {...form.register(name)} />
        <p className="ps-6 text-[13px] text-muted">
          <Told>{field.help}</Told>
        </p>
      </div>
    );
  }
  return (
    <Field
      label={<Told>{field.label}</Told>}
      help={field.help === "" ? undefined : <Told>{field.help}</Told>}
      optional={!field.required}
      error={form.formState.errors[name]?.message}
    >
      {(control) =>
        field.type === "choice" ? (
          <Select
            {...control}
            value={String(form.watch(name))}
            onChange={(value) => form.setValue(name, value)}
            options={[
              ...(field.default == null ? [{ value: "", label: t("common:form.choose") }] : []),
              ...(field.choices ?? []).map((value) => ({ value, label: value })),
            ]}
          />
        ) : (
          <Input
            {...control}
            dir="ltr"
            type={field.type === "secret" ? "password" : "text"}
            inputMode={field.type === "integer" ? "numeric" : undefined}
            // A password manager is not to offer the person's own password for a provider's key, nor to keep that.
            autoComplete={field.type === "secret" ? "new-password" : "off"}
            data-1p-ignore
            spellCheck={false}
            placeholder={field.placeholder}
            {...form.register(name, {
              ...(field.required ? { required: t("common:form.required") } : {}),
              ...(field.type === "integer"
                ? { pattern: { value: /^\s*-?\d*\s*$/, message: t("common:form.integer") } }
                : {}),
            })}
          />
        )
      }
    </Field>
  );
}

function Told({ children }: { children: string }) {
  return (
    <span lang="en" dir="auto">
      {children}
    </span>
  );
}
