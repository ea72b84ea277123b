/** Write a breach down, or say more of it: what Art. 9 of the law wants the authority told. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { type Breach, type BreachFields, useReportBreach, useUpdateBreach } from "@/hooks/processing";
import { useRetentionPlan } from "@/hooks/retention";
import { instantOf, localOf } from "@/lib/period";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Checkbox, Field, Input, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import { tellDone } from "@/ui/toast";
import { FormProblem } from "../parts";
import { useClassName } from "../retention/class_name";

const TEXTS = ["nature", "causes", "effects", "measures"] as const;
const COUNT = /^\d*$/;
type Danger = "unknown" | "yes" | "no";

function dangerOf(endangers: boolean | null | undefined): Danger {
  if (endangers == null) return "unknown";
  return endangers ? "yes" : "no";
}

export function BreachDialog({ breach, onClose }: { breach: Breach | null; onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const { time_zone } = useOrganization();
  const nameOf = useClassName();
  const classes = useRetentionPlan().data ?? [];
  const report = useReportBreach();
  const update = useUpdateBreach();
  const [answers, setAnswers] = useState(() => ({
    title: breach?.title ?? "",
    known: localOf(breach?.known_at ?? new Date(), time_zone),
    occurred: breach?.occurred_at ? localOf(breach.occurred_at, time_zone) : "",
    nature: breach?.nature ?? "",
    causes: breach?.causes ?? "",
    effects: breach?.effects ?? "",
    measures: breach?.measures ?? "",
    categories: new Set(breach?.data_categories),
    subjects: breach?.approximate_subjects == null ? "" : String(breach.approximate_subjects),
    records: breach?.approximate_records == null ? "" : String(breach.approximate_records),
    danger: dangerOf(breach?.endangers_subjects),
  }));
  const [tried, setTried] = useState(false);
  const set = (change: Partial<typeof answers>) => setAnswers((before) => ({ ...before, ...change }));
  const knownAt = instantOf(answers.known, time_zone);
  const countsFit = COUNT.test(answers.subjects.trim()) && COUNT.test(answers.records.trim());
  const error = report.error ?? update.error;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (answers.title.trim() === "" || knownAt === null || !countsFit) return;
    const count = (text: string) => (text.trim() === "" ? null : Number(text));
    const fields: BreachFields = {
      title: answers.title.trim(),
      known_at: knownAt,
      occurred_at: instantOf(answers.occurred, time_zone),
      nature: answers.nature.trim(),
      causes: answers.causes.trim(),
      effects: answers.effects.trim(),
      measures: answers.measures.trim(),
      data_categories: [...answers.categories],
      approximate_subjects: count(answers.subjects),
      approximate_records: count(answers.records),
      endangers_subjects: answers.danger === "unknown" ? null : answers.danger === "yes",
    };
    const done = {
      onSuccess: () => {
        tellDone(t("breaches.saved"));
        onClose();
      },
    };
    if (breach) update.mutate({ id: breach.id, ...fields }, done);
    else report.mutate(fields, done);
  };
  const number = (name: "subjects" | "records") => (
    <Field
      label={t(`breaches.${name}`)}
      error={tried && !COUNT.test(answers[name].trim()) ? t("common:form.integer") : undefined}
      optional
    >
      {(control) => (
        <Input
          {...control}
          inputMode="numeric"
          value={answers[name]}
          onChange={({ target }) => set({ [name]: target.value })}
        />
      )}
    </Field>
  );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="large"
      title={breach ? t("breaches.edit") : t("breaches.add")}
      description={t("breaches.form_text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button type="submit" form="breach" look="primary" busy={report.isPending || update.isPending}>
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <form id="breach" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label={t("breaches.title")}
          error={tried && answers.title.trim() === "" ? t("common:form.required") : undefined}
        >
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
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label={t("breaches.known")}
            help={t("breaches.known_help")}
            error={tried && knownAt === null ? t("common:form.required") : undefined}
          >
            {(control) => (
              <Input
                {...control}
                type="datetime-local"
                value={answers.known}
                onChange={({ target }) => set({ known: target.value })}
              />
            )}
          </Field>
          <Field label={t("breaches.occurred")} optional>
            {(control) => (
              <Input
                {...control}
                type="datetime-local"
                value={answers.occurred}
                onChange={({ target }) => set({ occurred: target.value })}
              />
            )}
          </Field>
          {number("subjects")}
          {number("records")}
        </div>
        {TEXTS.map((name) => (
          <Field key={name} label={t(`breaches.${name}`)} optional>
            {(control) => (
              <TextArea
                {...control}
                dir="auto"
                maxLength={4000}
                value={answers[name]}
                onChange={({ target }) => set({ [name]: target.value })}
              />
            )}
          </Field>
        ))}
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
        <Field label={t("breaches.danger")} help={t("breaches.danger_help")}>
          {(control) => (
            <Select
              {...control}
              value={answers.danger}
              onChange={(danger) => set({ danger })}
              options={(["unknown", "yes", "no"] as const).map((value) => ({
                value,
                label: t(`breaches.danger_is.${value}`),
              }))}
            />
          )}
        </Field>
        <FormProblem error={error} />
      </form>
    </Dialog>
  );
}
