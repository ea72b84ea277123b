/** What is not secret of a connection: its name, how often it is checked, what its provider's manifest asks. */
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { type Answers, SETTING, settingsOf, startingAnswers } from "@/features/connect/answers";
import { ManifestField } from "@/features/connect/manifest_field";
import { type Connection, useUpdateConnection } from "@/hooks/connections";
import type { Provider } from "@/hooks/providers";
import { Fact, Facts } from "@/ui/facts";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { tellDone } from "@/ui/toast";
import { complaintOf, English, FormProblem } from "../parts";

const SHORTEST_SECONDS = 10;
const LONGEST_SECONDS = 86_400;

export function ConnectionSettings({ connection, provider }: { connection: Connection; provider: Provider }) {
  const { t } = useTranslation("settings");
  const mayEdit = useMay("developer");
  return (
    <section className="flex flex-col gap-4">
      <h3 className="font-semibold">{t("connections.settings")}</h3>
      {mayEdit ? (
        <Form connection={connection} provider={provider} />
      ) : (
        <Shown connection={connection} provider={provider} />
      )}
    </section>
  );
}

function Form({ connection, provider }: { connection: Connection; provider: Provider }) {
  const { t } = useTranslation(["settings", "connect", "common"]);
  const update = useUpdateConnection();
  const form = useForm<Answers>({ defaultValues: present(connection, provider) });
  const { errors, isDirty } = form.formState;
  const submit = form.handleSubmit((answers) =>
    update
      .mutateAsync({
        connection_id: connection.id,
        name: String(answers["name"]).trim(),
        health_interval_seconds: Number(answers["interval"]),
        settings: settingsOf(provider, answers),
      })
      .then(
        () => {
          form.reset(answers);
          tellDone(t("connections.saved"));
        },
        () => undefined, // Shown below.
      ),
  );
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t("connections.name")} error={errors["name"]?.message ?? complaintOf(update.error, "name")}>
          {(control) => (
            <Input
              {...control}
              dir="auto"
              autoComplete="off"
              {...form.register("name", { required: t("common:form.required") })}
            />
          )}
        </Field>
        <Field
          label={t("connections.interval")}
          error={errors["interval"]?.message ?? complaintOf(update.error, "health_interval_seconds")}
        >
          {(control) => (
            <Input
              {...control}
              type="number"
              min={SHORTEST_SECONDS}
              max={LONGEST_SECONDS}
              {...form.register("interval", { pattern: { value: /^\d+$/, message: t("common:form.integer") } })}
            />
          )}
        </Field>
      </div>
      {provider.settings_fields.map((field) => (
        <ManifestField key={field.name} field={field} name={SETTING + field.name} form={form} />
      ))}
      <FormProblem error={update.error} shown={["name", "health_interval_seconds"]} />
      <div>
        <Button type="submit" look="primary" disabled={!isDirty} busy={update.isPending}>
          {t("common:actions.save")}
        </Button>
      </div>
    </form>
  );
}

/** The answers that stand. What was never answered is left empty, whatever the manifest takes for usual. */
export function present(
  { name, health_interval_seconds, settings }: Pick<Connection, "name" | "health_interval_seconds" | "settings">,
  provider: Provider,
): Answers {
  const given = settings as Record<string, string | number | boolean>;
  const answers = provider.settings_fields.map(
    (field) =>
      [
        SETTING + field.name,
        field.type === "boolean" ? (given[field.name] ?? field.default) === true : String(given[field.name] ?? ""),
      ] as const,
  );
  return {
    ...startingAnswers(provider),
    ...Object.fromEntries(answers),
    name,
    interval: String(health_interval_seconds),
  };
}

function Shown({ connection, provider }: { connection: Connection; provider: Provider }) {
  const { t } = useTranslation("settings");
  const given = connection.settings as Record<string, unknown>;
  return (
    <Facts>
      <Fact name={t("connections.interval")}>{connection.health_interval_seconds}</Fact>
      {provider.settings_fields.map((field) => (
        <Fact key={field.name} name={field.label}>
          {given[field.name] === undefined ? null : <English>{String(given[field.name])}</English>}
        </Fact>
      ))}
    </Facts>
  );
}
