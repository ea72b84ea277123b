/** Adding a lead, or saying more of one. */
import { useState } from "react";
import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type Lead, useKeepLead } from "@/hooks/leads";
import type { Row } from "@/lib/supabase";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Checkbox, type ControlProps, Field, Input } from "@/ui/field";
import { tellDone } from "@/ui/toast";
import { type LeadDraft, leadArguments, leadDraft } from "./lead_draft";
import { errorAt, FormTrouble } from "./parts";
import { PurposeInput } from "./purpose_input";

interface Props {
  /** Null: a new one. */
  lead: Lead | null;
  onClose: () => void;
  onKept: (lead: Pick<Row<"leads">, "id">) => void;
}

const TEXTS = ["first_name", "last_name", "company", "language", "country"] as const;
const FIELDS = ["email", "phone", ...TEXTS, "tags", "attributes", "consents"];

export function LeadDialog({ lead, onClose, onKept }: Props) {
  const { t } = useTranslation(["marketing", "common"]);
  const keep = useKeepLead();
  const [draft, setDraft] = useState(() => leadDraft(lead));
  // One for each time that the dialog is opened: to press again after an answer was lost does nothing twice.
  const [key] = useState(() => crypto.randomUUID());
  const change = (part: Partial<LeadDraft>) => setDraft((before) => ({ ...before, ...part }));
  const save = () =>
    keep.mutate(
      { ...leadArguments(draft, lead), idempotency_key: key },
      {
        onSuccess: (kept) => {
          tellDone(t(lead ? "leads.changed" : "leads.added"));
          onKept(kept);
        },
      },
    );
  const text = (name: keyof LeadDraft & (typeof TEXTS)[number]) => (
    <Field key={name} optional label={t(`leads.${name}`)} error={errorAt(keep.error, name)}>
      {(control) => (
        <Input
          {...control}
          dir="auto"
          autoComplete="off"
          placeholder={name === "language" ? "ar" : name === "country" ? "AE" : undefined}
          value={draft[name]}
          onChange={(event) => change({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
  const address = (name: "email" | "phone", fixed: boolean) => (
    <Field
      label={t(`leads.${name}`)}
      optional={!fixed}
      help={fixed ? t("leads.fixed") : lead === null && name === "phone" ? t("leads.either") : undefined}
      error={errorAt(keep.error, name)}
    >
      {(control: ControlProps) => (
        <Input
          {...control}
          type={name === "email" ? "email" : "tel"}
          dir="ltr"
          autoComplete="off"
          disabled={fixed}
          placeholder={name === "phone" ? "+971500000001" : undefined}
          value={draft[name]}
          onChange={(event) => change({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t(lead ? "leads.edit" : "leads.add")}
      description={t(lead ? "leads.edit_text" : "leads.add_text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button look="primary" busy={keep.isPending} onClick={save}>
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          {address("email", lead !== null && lead.email !== null)}
          {address("phone", lead !== null && lead.email === null)}
          {TEXTS.map(text)}
          <Field optional label={t("leads.tags")} help={t("leads.tags_help")} error={errorAt(keep.error, "tags")}>
            {(control) => (
              <Input
                {...control}
                dir="auto"
                value={draft.tags}
                onChange={(event) => change({ tags: event.target.value })}
              />
            )}
          </Field>
        </div>
        <Attributes draft={draft} onChange={change} error={errorAt(keep.error, "attributes")} />
        {lead === null && <Consent draft={draft} onChange={change} error={errorAt(keep.error, "consents")} />}
        <FormTrouble error={keep.error} fields={FIELDS} />
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

interface PartProps {
  draft: LeadDraft;
  onChange: (part: Partial<LeadDraft>) => void;
  error: string | undefined;
}

function Attributes({ draft: { attributes }, onChange, error }: PartProps) {
  const { t } = useTranslation("marketing");
  const change = (index: number, pair: [string, string]) =>
    onChange({ attributes: attributes.map((before, each) => (each === index ? pair : before)) });
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 font-medium">{t("leads.attributes")}</legend>
      {attributes.map(([name, text], index) => (
        <div key={index} className="flex items-center gap-2">
          <Input
            aria-label={t("leads.attribute_name")}
            placeholder={t("leads.attribute_name")}
            dir="ltr"
            value={name}
            onChange={(event) => change(index, [event.target.value, text])}
          />
          <Input
            aria-label={t("leads.attribute_text")}
            placeholder={t("leads.attribute_text")}
            dir="auto"
            value={text}
            onChange={(event) => change(index, [name, event.target.value])}
          />
          <Button
            look="quiet"
            size="icon"
            aria-label={t("remove")}
            onClick={() => onChange({ attributes: attributes.filter((_, each) => each !== index) })}
          >
            <Trash2 className="size-4" aria-hidden />
          </Button>
        </div>
      ))}
      {error !== undefined && (
        <p role="alert" className="text-[13px] text-bad" lang="en" dir="auto">
          {error}
        </p>
      )}
      <div>
        <Button size="small" onClick={() => onChange({ attributes: [...attributes, ["", ""]] })}>
          <Plus className="size-3.5" aria-hidden />
          {t("leads.add_attribute")}
        </Button>
      </div>
    </fieldset>
  );
}

function Consent({ draft, onChange, error }: PartProps) {
  const { t } = useTranslation("marketing");
  return (
    <fieldset className="flex flex-col gap-3 rounded-box border border-line p-3">
      <legend className="px-1 font-medium">{t("consents.one")}</legend>
      <Checkbox
        label={t("consents.they_agreed")}
        checked={draft.agreed}
        onChange={(event) => onChange({ agreed: event.target.checked })}
      />
      {draft.agreed && (
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          <Field label={t("consents.purpose")} error={error}>
            {(control) => (
              <PurposeInput control={control} value={draft.purpose} onChange={(purpose) => onChange({ purpose })} />
            )}
          </Field>
          <Field optional label={t("consents.version")}>
            {(control) => (
              <Input
                {...control}
                dir="auto"
                value={draft.textVersion}
                onChange={(event) => onChange({ textVersion: event.target.value })}
              />
            )}
          </Field>
        </div>
      )}
    </fieldset>
  );
}
