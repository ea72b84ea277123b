/** The form of one provider, made from its manifest: another provider needs no other code. */
import { useState } from "react";
import { useForm } from "react-hook-form";
import { ChevronRight, ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { type Connection, type Environment, useConnect } from "@/hooks/connections";
import type { Provider } from "@/hooks/providers";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { NoPermission, ProblemText } from "@/ui/states";
import { ManifestField } from "./manifest_field";
import { type Answers, CREDENTIAL, credentialsOf, namesOf, SETTING, settingsOf, startingAnswers } from "./answers";

interface Props {
  provider: Provider;
  onBack: () => void;
  onDone: (outcome: { connection: Connection; needsConsent: boolean }) => void;
}

export function ProviderForm({ provider, onBack, onDone }: Props) {
  const { t } = useTranslation(["connect", "common"]);
  const [environment, setEnvironment] = useState<Environment>("sandbox");
  const [made, setMade] = useState<Connection | null>(null);
  const form = useForm<Answers>({ defaultValues: startingAnswers(provider) });
  const connect = useConnect();
  const allowed = useMay("developer");
  if (!allowed) return <NoPermission needs="developer" />;

  const submit = form.handleSubmit(async (answers) => {
    const credentials = credentialsOf(provider, answers);
    const needsConsent =
      provider.consent !== null && !namesOf(provider.credential_fields, "by_consent").some((name) => credentials[name]);
    const wanted = {
      provider: provider.key,
      environment,
      name: String(answers["name"]).trim(),
      settings: settingsOf(provider, answers),
      credentials,
    };
    let connection = made;
    const onMade = (next: Connection) => {
      connection = next;
      setMade(next);
    };
    const done = await connect.mutateAsync({ wanted, made, onMade, test: !needsConsent }).then(
      () => true,
      () => false, // Shown below.
    );
    if (done && connection) onDone({ connection, needsConsent });
  });

  const [needed, others] = [true, false].map((required) => ({
    credentials: provider.credential_fields.filter((field) => field.required === required),
    settings: provider.settings_fields.filter((field) => field.required === required),
  }));
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <Field label={t("name")} help={t("name_help")} error={form.formState.errors["name"]?.message}>
          {(control) => (
            <Input
              {...control}
              {...form.register("name", { required: t("common:form.required") })}
              autoComplete="off"
            />
          )}
        </Field>
        <Field label={t("common:environment.label")} help={t(`environment_help.${environment}`)}>
          {(control) => (
            <Select
              {...control}
              disabled={made !== null}
              value={environment}
              onChange={setEnvironment}
              options={(["sandbox", "live"] as const).map((value) => ({
                value,
                label: t(`common:environment.${value}`),
              }))}
            />
          )}
        </Field>
      </div>
      <Questions part={needed} form={form} />
      {others && others.credentials.length + others.settings.length > 0 && (
        <details
          className="group rounded-box border border-line"
          open={!provider.credential_fields.some((field) => field.required)}
        >
          <summary className="flex cursor-pointer items-center gap-2 px-3 py-2 font-medium">
            <ChevronRight
              className="size-4 transition-transform group-open:rotate-90 rtl:rotate-180 rtl:group-open:rotate-90"
              aria-hidden
            />
            {t("more", { count: others.credentials.length + others.settings.length })}
          </summary>
          <div className="flex flex-col gap-4 border-t border-line p-3">
            <Questions part={others} form={form} />
          </div>
        </details>
      )}
      {connect.error && (
        <div role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
          <p className="font-medium">{t("failed")}</p>
          <ProblemText error={connect.error} />
        </div>
      )}
      <div className="flex flex-wrap items-center justify-between gap-2">
        <a
          href={provider.documentation_url}
          target="_blank"
          rel="noreferrer"
          className="inline-flex items-center gap-1.5 text-accent-strong underline underline-offset-2"
        >
          {t("documentation", { provider: provider.name })}
          <ExternalLink className="size-3.5" aria-hidden />
        </a>
        <div className="flex gap-2">
          <Button onClick={onBack}>{t("common:actions.back")}</Button>
          <Button type="submit" look="primary" busy={connect.isPending}>
            {connect.isPending ? t("testing") : t("action")}
          </Button>
        </div>
      </div>
    </form>
  );
}

interface QuestionsProps {
  part: { credentials: Provider["credential_fields"]; settings: Provider["settings_fields"] } | undefined;
  form: ReturnType<typeof useForm<Answers>>;
}

function Questions({ part, form }: QuestionsProps) {
  return (
    <>
      {part?.credentials.map((field) => (
        <ManifestField key={field.name} field={field} name={CREDENTIAL + field.name} form={form} />
      ))}
      {part?.settings.map((field) => (
        <ManifestField key={field.name} field={field} name={SETTING + field.name} form={form} />
      ))}
    </>
  );
}
