/** How a provider is told of an address: steps of its manifest, the events to choose, and the secret that it signs with. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Connection, storeCredentials } from "@/hooks/connections";
import { useProviders } from "@/hooks/providers";
import { useWebhookSchemes } from "@/hooks/webhook_endpoints";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy_button";
import { Field, Input } from "@/ui/field";
import { ProblemText, Result } from "@/ui/states";
import { tellDone } from "@/ui/toast";
import { Markdown } from "./markdown";
import { Fact, Facts } from "@/ui/facts";
import { Code, Part } from "./shared";

interface Props {
  connection: Connection;
  /** Null: it was shown when it was made, and is kept nowhere. */
  url: string | null;
}

export function SetupGuide({ connection, url }: Props) {
  const { t } = useTranslation("webhooks");
  const schemes = useWebhookSchemes();
  return (
    <Result query={schemes} lines={5}>
      {(found) => {
        const scheme = found.get(connection.provider_key);
        if (!scheme) return <p className="text-muted">{t("guide.none")}</p>;
        return (
          <>
            <Part title={t("guide.steps")}>
              <Markdown
                label={t("guide.steps")}
                text={scheme.setup.replaceAll("{webhook_url}", url ?? t("guide.address"))}
              />
            </Part>
            {scheme.events.length > 0 && (
              <Part title={t("guide.events")} aside={<CopyButton text={scheme.events.join("\n")} />}>
                <ul className="flex flex-wrap gap-x-3 gap-y-1">
                  {scheme.events.map((event) => (
                    <li key={event}>
                      <Code>{event}</Code>
                    </li>
                  ))}
                </ul>
              </Part>
            )}
            {scheme.signing_credential && (
              <SigningSecret connection={connection} credential={scheme.signing_credential} />
            )}
            <Part title={t("event.verification")}>
              <Facts>
                <Fact name={t("event.algorithm")}>
                  <Code>{scheme.algorithm}</Code>
                </Fact>
                <Fact name={t("event.proof_in")}>
                  <span lang="en" dir="ltr">
                    {scheme.signature_header}
                  </span>
                </Fact>
                <Fact name={t("guide.covers")}>
                  {scheme.signs_content ? t("guide.covers_content") : t("guide.covers_not")}
                </Fact>
                <Fact name={t("guide.retries")}>
                  <span lang="en" dir="ltr">
                    {scheme.retries}
                  </span>
                </Fact>
              </Facts>
            </Part>
          </>
        );
      }}
    </Result>
  );
}

/** Sealed before it leaves the page, and kept nowhere in it. */
function SigningSecret({ connection, credential }: { connection: Connection; credential: string }) {
  const { t } = useTranslation(["webhooks", "common"]);
  const fields = useProviders().data?.find(({ key }) => key === connection.provider_key)?.credential_fields;
  const field = fields?.find(({ name }) => name === credential);
  const [secret, setSecret] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const store = async () => {
    setBusy(true);
    setError(null);
    try {
      await storeCredentials(connection, { [credential]: secret.trim() });
      setSecret("");
      tellDone(t("guide.secret_stored"));
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Part title={t("guide.secret")}>
      <form
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          void store();
        }}
      >
        <Field label={<span lang="en">{field?.label ?? credential}</span>} help={t("guide.secret_help")}>
          {(control) => (
            <span className="flex gap-2">
              <Input
                {...control}
                type="password"
                dir="ltr"
                autoComplete="off"
                value={secret}
                onChange={(event) => setSecret(event.target.value)}
              />
              <Button type="submit" busy={busy} disabled={secret.trim() === ""}>
                {t("guide.secret_store")}
              </Button>
            </span>
          )}
        </Field>
        {error !== null && (
          <p role="alert" className="text-bad">
            <ProblemText error={error} />
          </p>
        )}
      </form>
    </Part>
  );
}
