/** Write a purpose of processing down, or change it. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { BASES, type Purpose, useSavePurpose } from "@/hooks/processing";
import { useRetentionPlan } from "@/hooks/retention";
import { asProblem } from "@/lib/problem";
import { commaList } from "@/lib/text_lists";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Checkbox, Field, Input, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import { tellDone } from "@/ui/toast";
import { FormProblem } from "../parts";
import { useClassName } from "../retention/class_name";

const KEY = /^[a-z][a-z0-9_]{0,49}$/;
const TAKEN = "23505";
type Basis = (typeof BASES)[number];

export function PurposeDialog({ purpose, onClose }: { purpose: Purpose | null; onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const nameOf = useClassName();
  const classes = useRetentionPlan().data ?? [];
  const save = useSavePurpose();
  const [answers, setAnswers] = useState(() => ({
    key: purpose?.key ?? "",
    title: purpose?.title ?? "",
    description: purpose?.description ?? "",
    basis: (purpose?.lawful_basis ?? "consent") as Basis,
    categories: new Set(purpose?.data_categories),
    subjects: purpose?.subject_categories.join(", ") ?? "",
    access: purpose?.access_by ?? "",
    security: purpose?.security ?? "",
    assessment: purpose?.impact_assessment ?? "",
    active: purpose?.active ?? true,
  }));
  const [tried, setTried] = useState(false);
  const set = (change: Partial<typeof answers>) => setAnswers((before) => ({ ...before, ...change }));
  const taken = save.error !== null && asProblem(save.error).code === TAKEN;
  const titleMissing = answers.title.trim() === "";
  const keyWrong = purpose === null && !KEY.test(answers.key);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (titleMissing || keyWrong) return;
    save.mutate(
      {
        id: purpose?.id ?? null,
        key: answers.key,
        title: answers.title.trim(),
        description: answers.description.trim(),
        lawful_basis: answers.basis,
        data_categories: [...answers.categories],
        subject_categories: commaList(answers.subjects),
        access_by: answers.access.trim(),
        security: answers.security.trim(),
        impact_assessment: answers.assessment.trim() || null,
        active: answers.active,
      },
      {
        onSuccess: () => {
          tellDone(t("purposes.saved"));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="large"
      title={purpose ? t("purposes.edit") : t("purposes.add")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button type="submit" form="purpose" look="primary" busy={save.isPending}>
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <form id="purpose" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("purposes.title")} error={tried && titleMissing ? t("common:form.required") : undefined}>
            {(control) => (
              <Input
                {...control}
                dir="auto"
                maxLength={200}
                value={answers.title}
                onChange={({ target }) => set({ title: target.value })}
              />
            )}
          </Field>
          <Field
            label={t("purposes.key")}
            help={t("purposes.key_help")}
            error={taken ? t("purposes.taken") : tried && keyWrong ? t("purposes.key_wrong") : undefined}
          >
            {(control) => (
              <Input
                {...control}
                dir="ltr"
                disabled={purpose !== null}
                autoComplete="off"
                spellCheck={false}
                placeholder="marketing_email"
                value={answers.key}
                onChange={({ target }) => set({ key: target.value })}
              />
            )}
          </Field>
        </div>
        <Field label={t("purposes.basis_field")} help={t("purposes.basis_help")}>
          {(control) => (
            <Select
              {...control}
              value={answers.basis}
              onChange={(basis) => set({ basis })}
              options={BASES.map((value) => ({ value, label: t(`purposes.basis.${value}`) }))}
            />
          )}
        </Field>
        <Field label={t("purposes.description")} optional>
          {(control) => (
            <TextArea
              {...control}
              dir="auto"
              maxLength={2000}
              value={answers.description}
              onChange={({ target }) => set({ description: target.value })}
            />
          )}
        </Field>
        <fieldset>
          <legend className="mb-1.5 font-medium">{t("purposes.categories")}</legend>
          <div className="grid gap-2 sm:grid-cols-2">
            {classes.map(({ data_class, title }) => (
              <Checkbox
                key={data_class}
                label={nameOf(data_class, title)}
                checked={answers.categories.has(data_class)}
                onChange={({ target }) => {
                  const next = new Set(answers.categories);
                  if (target.checked) next.add(data_class);
                  else next.delete(data_class);
                  set({ categories: next });
                }}
              />
            ))}
          </div>
        </fieldset>
        <Field label={t("purposes.subjects")} help={t("purposes.subjects_help")} optional>
          {(control) => (
            <Input
              {...control}
              dir="auto"
              value={answers.subjects}
              onChange={({ target }) => set({ subjects: target.value })}
            />
          )}
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("purposes.access")} optional>
            {(control) => (
              <TextArea
                {...control}
                dir="auto"
                maxLength={1000}
                value={answers.access}
                onChange={({ target }) => set({ access: target.value })}
              />
            )}
          </Field>
          <Field label={t("purposes.security")} optional>
            {(control) => (
              <TextArea
                {...control}
                dir="auto"
                maxLength={2000}
                value={answers.security}
                onChange={({ target }) => set({ security: target.value })}
              />
            )}
          </Field>
        </div>
        <Field label={t("purposes.assessment")} optional>
          {(control) => (
            <TextArea
              {...control}
              dir="auto"
              maxLength={2000}
              value={answers.assessment}
              onChange={({ target }) => set({ assessment: target.value })}
            />
          )}
        </Field>
        <Checkbox
          label={t("purposes.active")}
          checked={answers.active}
          onChange={({ target }) => set({ active: target.checked })}
        />
        {!taken && <FormProblem error={save.error} />}
      </form>
    </Dialog>
  );
}
