/** Making a lead form, or changing one. */
import { useState } from "react";
import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type LeadForm, useSaveLeadForm } from "@/hooks/lead_forms";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Checkbox, Field, Input, TextArea } from "@/ui/field";
import { tellDone } from "@/ui/toast";
import { type Draft, draftOf, formOf, NEW_FIELD } from "./form_draft";
import { FormQuestion } from "./form_question";
import { errorAt, FormTrouble } from "./parts";
import { PurposeInput } from "./purpose_input";

interface Props {
  /** Null: a new one. */
  form: LeadForm | null;
  onClose: () => void;
  onSaved: (id: string) => void;
}

const FIELDS = [
  "name",
  "fields",
  "purpose",
  "consent_text",
  "text_version",
  "double_opt_in",
  "allowed_origins",
  "redirect_url",
  "most_per_minute",
  "most_per_visitor_minute",
];

export function FormDialog({ form, onClose, onSaved }: Props) {
  const { t } = useTranslation(["marketing", "common"]);
  const save = useSaveLeadForm();
  const [draft, setDraft] = useState(() => draftOf(form));
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const error = (field: string) => errorAt(save.error, field);
  const submit = () =>
    save.mutate(
      { id: form?.id ?? null, form: formOf(draft) },
      {
        onSuccess: (saved) => {
          tellDone(t("forms.saved"));
          onSaved(saved.id);
        },
      },
    );
  return (
    <Dialog
      open
      size="large"
      onOpenChange={onClose}
      title={t(form ? "forms.edit" : "forms.add")}
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
        <Field label={t("forms.name")} help={t("forms.name_help")} error={error("name")}>
          {(control) => (
            <Input
              {...control}
              dir="auto"
              value={draft.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1.5 font-medium">{t("forms.questions")}</legend>
          <p className="text-[13px] text-muted">{t("forms.questions_help")}</p>
          {draft.fields.map((field, index) => (
            <FormQuestion
              key={index}
              field={field}
              number={index + 1}
              error={error(`fields.${index}`)}
              onChange={(next) =>
                change({ fields: draft.fields.map((before, each) => (each === index ? next : before)) })
              }
              onRemove={() => change({ fields: draft.fields.filter((_, each) => each !== index) })}
            />
          ))}
          {save.error !== null && error("fields") && !draft.fields.some((_, index) => error(`fields.${index}`)) && (
            <p role="alert" className="text-[13px] text-bad" lang="en" dir="auto">
              {error("fields")}
            </p>
          )}
          <div>
            <Button size="small" onClick={() => change({ fields: [...draft.fields, NEW_FIELD] })}>
              <Plus className="size-3.5" aria-hidden />
              {t("forms.add_question")}
            </Button>
          </div>
        </fieldset>
        <Consent draft={draft} onChange={change} error={error} fixed={form !== null && form.purpose !== null} />
        <fieldset className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          <legend className="mb-1.5 font-medium">{t("forms.rules")}</legend>
          <Field optional label={t("forms.origins")} help={t("forms.origins_help")} error={error("allowed_origins")}>
            {(control) => (
              <TextArea
                {...control}
                dir="ltr"
                placeholder="https://shop.example.ae"
                value={draft.origins}
                onChange={(event) => change({ origins: event.target.value })}
              />
            )}
          </Field>
          <Field optional label={t("forms.redirect")} help={t("forms.redirect_help")} error={error("redirect_url")}>
            {(control) => (
              <Input
                {...control}
                dir="ltr"
                placeholder="https://shop.example.ae/thanks"
                value={draft.redirect}
                onChange={(event) => change({ redirect: event.target.value })}
              />
            )}
          </Field>
          <Field label={t("forms.most")} error={error("most_per_minute")}>
            {(control) => (
              <Input
                {...control}
                dir="ltr"
                inputMode="numeric"
                value={draft.mostPerMinute}
                onChange={(event) => change({ mostPerMinute: event.target.value })}
              />
            )}
          </Field>
          <Field label={t("forms.most_of_visitor")} error={error("most_per_visitor_minute")}>
            {(control) => (
              <Input
                {...control}
                dir="ltr"
                inputMode="numeric"
                value={draft.mostPerVisitor}
                onChange={(event) => change({ mostPerVisitor: event.target.value })}
              />
            )}
          </Field>
        </fieldset>
        <FormTrouble error={save.error} fields={FIELDS} />
      </div>
    </Dialog>
  );
}

interface ConsentProps {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  error: (field: string) => string | undefined;
  /** It asks already: that cannot be taken back, only disabled with the form. */
  fixed: boolean;
}

function Consent({ draft, onChange, error, fixed }: ConsentProps) {
  const { t } = useTranslation("marketing");
  return (
    <fieldset className="flex flex-col gap-3 rounded-box border border-line p-3">
      <legend className="px-1 font-medium">{t("consents.one")}</legend>
      <Checkbox
        label={t("forms.asks")}
        checked={draft.asks}
        disabled={fixed}
        onChange={(event) => onChange({ asks: event.target.checked })}
      />
      {fixed && <p className="text-[13px] text-muted">{t("forms.asks_fixed")}</p>}
      {draft.asks && (
        <>
          <Field label={t("forms.consent_text")} help={t("forms.consent_text_help")} error={error("consent_text")}>
            {(control) => (
              <TextArea
                {...control}
                dir="auto"
                value={draft.text}
                onChange={(event) => onChange({ text: event.target.value })}
              />
            )}
          </Field>
          <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
            <Field label={t("forms.purpose")} error={error("purpose")}>
              {(control) => (
                <PurposeInput control={control} value={draft.purpose} onChange={(purpose) => onChange({ purpose })} />
              )}
            </Field>
            <Field label={t("consents.version")} help={t("forms.version_help")} error={error("text_version")}>
              {(control) => (
                <Input
                  {...control}
                  dir="auto"
                  value={draft.version}
                  onChange={(event) => onChange({ version: event.target.value })}
                />
              )}
            </Field>
          </div>
          <Checkbox
            label={t("forms.double_opt_in")}
            checked={draft.doubleOptIn}
            onChange={(event) => onChange({ doubleOptIn: event.target.checked })}
          />
          {error("double_opt_in") && (
            <p role="alert" className="text-[13px] text-bad" lang="en" dir="auto">
              {error("double_opt_in")}
            </p>
          )}
        </>
      )}
    </fieldset>
  );
}
