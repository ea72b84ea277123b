/** Which law the organization answers to, its deadlines, and who answers for it. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import {
  type Jurisdiction,
  JURISDICTIONS,
  type PrivacySettings,
  usePrivacySettings,
  useUpdatePrivacySettings,
} from "@/hooks/processing";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { Panel } from "@/ui/panel";
import { Select } from "@/ui/select";
import { Result } from "@/ui/states";
import { tellDone } from "@/ui/toast";
import { FormProblem, ReadOnly, Told } from "../parts";

export function Law() {
  const { t } = useTranslation("settings");
  const settings = usePrivacySettings();
  return (
    <Panel title={t("privacy.part.law")}>
      <Result query={settings}>{(found) => <Form key={found.updated_at} settings={found} />}</Result>
    </Panel>
  );
}

const NUMBERS = { answer_days: 365, breach_hours: 720 };
const PEOPLE = ["dpo_name", "dpo_email", "dpo_phone"] as const;

function Form({ settings }: { settings: PrivacySettings }) {
  const { t } = useTranslation(["settings", "common"]);
  const mayEdit = useMay("admin");
  const update = useUpdatePrivacySettings();
  const [answers, setAnswers] = useState(() => ({
    jurisdiction: settings.jurisdiction as Jurisdiction,
    answer_days: settings.answer_days === null ? "" : String(settings.answer_days),
    breach_hours: settings.breach_hours === null ? "" : String(settings.breach_hours),
    dpo_name: settings.dpo_name ?? "",
    dpo_email: settings.dpo_email ?? "",
    dpo_phone: settings.dpo_phone ?? "",
  }));
  const [tried, setTried] = useState(false);
  const set = (change: Partial<typeof answers>) => setAnswers((before) => ({ ...before, ...change }));
  const fits = (name: keyof typeof NUMBERS) => {
    const text = answers[name].trim();
    return text === "" || (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= NUMBERS[name]);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (!fits("answer_days") || !fits("breach_hours")) return;
    const number = (text: string) => (text.trim() === "" ? null : Number(text));
    // The form begins anew with what was saved, before callbacks of `mutate` were called.
    update
      .mutateAsync({
        jurisdiction: answers.jurisdiction,
        answer_days: number(answers.answer_days),
        breach_hours: number(answers.breach_hours),
        dpo_name: answers.dpo_name.trim() || null,
        dpo_email: answers.dpo_email.trim() || null,
        dpo_phone: answers.dpo_phone.trim() || null,
      })
      .then(
        () => tellDone(t("law.saved")),
        () => undefined, // Shown below.
      );
  };
  return (
    <form noValidate onSubmit={submit} className="flex max-w-2xl flex-col gap-4 p-4">
      <Told>{t("law.text")}</Told>
      {!mayEdit && <ReadOnly needs="admin" />}
      <Field label={t("law.law")} help={t(`law.basis.${answers.jurisdiction}`)}>
        {(control) => (
          <Select
            {...control}
            disabled={!mayEdit}
            value={answers.jurisdiction}
            onChange={(jurisdiction) => set({ jurisdiction })}
            options={JURISDICTIONS.map((value) => ({ value, label: t(`law.jurisdiction.${value}`) }))}
          />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        {(["answer_days", "breach_hours"] as const).map((name) => (
          <Field
            key={name}
            label={t(`law.${name}`)}
            help={t("law.as_law")}
            error={tried && !fits(name) ? t("law.number_wrong", { most: NUMBERS[name] }) : undefined}
            optional
          >
            {(control) => (
              <Input
                {...control}
                disabled={!mayEdit}
                inputMode="numeric"
                value={answers[name]}
                onChange={({ target }) => set({ [name]: target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      <fieldset className="flex flex-col gap-4">
        <legend className="mb-2 font-semibold">{t("law.officer")}</legend>
        {PEOPLE.map((name) => (
          <Field key={name} label={t(`law.${name}`)} optional>
            {(control) => (
              <Input
                {...control}
                disabled={!mayEdit}
                dir={name === "dpo_name" ? "auto" : "ltr"}
                type={name === "dpo_email" ? "email" : name === "dpo_phone" ? "tel" : "text"}
                autoComplete="off"
                maxLength={name === "dpo_name" ? 200 : name === "dpo_email" ? 254 : 40}
                value={answers[name]}
                onChange={({ target }) => set({ [name]: target.value })}
              />
            )}
          </Field>
        ))}
      </fieldset>
      <FormProblem error={update.error} />
      {mayEdit && (
        <div>
          <Button type="submit" look="primary" busy={update.isPending}>
            {t("common:actions.save")}
          </Button>
        </div>
      )}
    </form>
  );
}
