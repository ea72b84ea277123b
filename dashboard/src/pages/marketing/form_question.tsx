/** One question of a lead form, while it is written. */
import { Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { FIELD_TYPES } from "@/hooks/lead_forms";
import { Button } from "@/ui/button";
import { Checkbox, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import type { FieldDraft } from "./form_draft";

interface Props {
  field: FieldDraft;
  /** Its place, from 1. */
  number: number;
  error: string | undefined;
  onChange: (field: FieldDraft) => void;
  onRemove: () => void;
}

export function FormQuestion({ field, number, error, onChange, onRemove }: Props) {
  const { t } = useTranslation("marketing");
  const change = (part: Partial<FieldDraft>) => onChange({ ...field, ...part });
  return (
    <div role="group" aria-label={t("forms.question", { number })} className="rounded-box border border-line p-2">
      <div className="grid grid-cols-1 items-center gap-2 sm:grid-cols-[1fr_1fr_8rem_auto_auto]">
        <Input
          aria-label={t("forms.field_name")}
          placeholder={t("forms.field_name")}
          dir="ltr"
          value={field.name}
          aria-invalid={error ? true : undefined}
          onChange={(event) => change({ name: event.target.value })}
        />
        <Input
          aria-label={t("forms.field_label")}
          placeholder={t("forms.field_label")}
          dir="auto"
          value={field.label}
          onChange={(event) => change({ label: event.target.value })}
        />
        <Select
          aria-label={t("forms.field_type")}
          value={field.type}
          onChange={(type) => change({ type })}
          options={FIELD_TYPES.map((value) => ({ value, label: t(`forms.types.${value}`) }))}
        />
        <Checkbox
          label={t("forms.required")}
          checked={field.required}
          onChange={(event) => change({ required: event.target.checked })}
        />
        <Button look="quiet" size="icon" aria-label={t("forms.remove_question", { number })} onClick={onRemove}>
          <Trash2 className="size-4" aria-hidden />
        </Button>
        {field.type === "choice" && (
          <Input
            className="sm:col-span-2"
            aria-label={t("forms.choices")}
            placeholder={t("forms.choices")}
            dir="auto"
            value={field.choices}
            onChange={(event) => change({ choices: event.target.value })}
          />
        )}
        {field.type !== "email" && field.type !== "phone" && (
          <Input
            className="sm:col-span-2"
            aria-label={t("forms.maps_to")}
            placeholder={t("forms.maps_to")}
            dir="ltr"
            value={field.mapsTo}
            onChange={(event) => change({ mapsTo: event.target.value })}
          />
        )}
      </div>
      {error !== undefined && (
        <p role="alert" className="mt-1 text-[13px] text-bad" lang="en" dir="auto">
          {error}
        </p>
      )}
    </div>
  );
}
