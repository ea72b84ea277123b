/** A connection's credentials: what may be known of them, and the form for others. They are sealed in this page. */
import { useState } from "react";
import { useForm } from "react-hook-form";
import { KeyRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { type Answers, CREDENTIAL, credentialsOf, startingAnswers } from "@/features/connect/answers";
import { ManifestField } from "@/features/connect/manifest_field";
import { type Connection, useReplaceCredentials } from "@/hooks/connections";
import { useCredentials } from "@/hooks/credentials";
import type { Provider } from "@/hooks/providers";
import { Button } from "@/ui/button";
import { Empty, Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { tellDone } from "@/ui/toast";
import { FormProblem, Told } from "../parts";

export function ConnectionSecrets({ connection, provider }: { connection: Connection; provider: Provider }) {
  const { t } = useTranslation("settings");
  const mayEdit = useMay("developer");
  const credentials = useCredentials(connection.id);
  const [replacing, setReplacing] = useState(false);
  return (
    <section className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-semibold">{t("secrets.title")}</h3>
        {mayEdit && !replacing && provider.credential_fields.length > 0 && (
          <Button size="small" onClick={() => setReplacing(true)}>
            {t("secrets.replace")}
          </Button>
        )}
      </div>
      <Result
        query={credentials}
        empty={
          <Empty icon={KeyRound} title={t("secrets.none")}>
            {t("secrets.none_text")}
          </Empty>
        }
      >
        {(list) => (
          <ul className="divide-y divide-line rounded-box border border-line">
            {list.map(({ id, name, hint, version, updated_at, last_used_at }) => (
              <li key={id} className="px-3 py-2">
                <p className="flex items-center justify-between gap-3" dir="ltr">
                  <code className="font-mono text-[13px]">{name}</code>
                  {hint && <code className="font-mono text-[13px] text-muted">…{hint}</code>}
                </p>
                <p className="text-[13px] text-muted">
                  {t("secrets.version", { version })} · {t("secrets.set")} <Time at={updated_at} />
                  {last_used_at && (
                    <>
                      {" · "}
                      {t("secrets.used")} <Time at={last_used_at} />
                    </>
                  )}
                </p>
              </li>
            ))}
          </ul>
        )}
      </Result>
      {replacing && <Form connection={connection} provider={provider} onClose={() => setReplacing(false)} />}
    </section>
  );
}

interface Props {
  connection: Connection;
  provider: Provider;
  onClose: () => void;
}

function Form({ connection, provider, onClose }: Props) {
  const { t } = useTranslation(["settings", "common"]);
  const replace = useReplaceCredentials();
  const form = useForm<Answers>({ defaultValues: startingAnswers(provider) });
  const [nothing, setNothing] = useState(false);
  const submit = form.handleSubmit((answers) => {
    const credentials = credentialsOf(provider, answers);
    setNothing(Object.keys(credentials).length === 0);
    if (Object.keys(credentials).length === 0) return;
    replace.mutate(
      { connection, credentials },
      {
        onSuccess: () => {
          tellDone(t("secrets.replaced"));
          onClose();
        },
      },
    );
  });
  return (
    <form
      noValidate
      onSubmit={(event) => void submit(event)}
      className="flex flex-col gap-4 rounded-box border border-line p-4"
    >
      <Told>{t("secrets.replace_text")}</Told>
      {provider.credential_fields.map((field) => (
        <ManifestField
          key={field.name}
          // What is left out stays as it is.
          field={{ ...field, required: false }}
          name={CREDENTIAL + field.name}
          form={form}
        />
      ))}
      {nothing && (
        <p role="alert" className="text-[13px] text-bad">
          {t("secrets.nothing")}
        </p>
      )}
      <FormProblem error={replace.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
        <Button type="submit" look="primary" busy={replace.isPending}>
          {t("secrets.save")}
        </Button>
      </div>
    </form>
  );
}
