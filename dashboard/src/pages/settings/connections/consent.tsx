/** What somebody consented to at the provider, and the way to consent anew. */
import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { type Connection, useStartConsent } from "@/hooks/connections";
import { endOfGrant, useGrants } from "@/hooks/grants";
import type { Provider } from "@/hooks/providers";
import { Fact, Facts } from "@/ui/facts";
import { Button } from "@/ui/button";
import { Time } from "@/ui/time";
import { FormProblem, Told } from "../parts";

export function Consent({ connection, provider }: { connection: Connection; provider: Provider }) {
  const { t } = useTranslation("settings");
  const mayEdit = useMay("developer");
  const consent = useStartConsent();
  const grant = useGrants().data?.get(connection.id);
  const ends = grant && endOfGrant(grant);
  const go = async () => {
    const address = await consent.mutateAsync({ connection_id: connection.id, return_url: window.location.href });
    window.location.assign(address);
  };
  return (
    <section className="flex flex-col gap-3">
      <h3 className="font-semibold">{t("consent.title")}</h3>
      {grant ? (
        <Facts>
          <Fact name={t("consent.who")}>{grant.subject_name && <bdi>{grant.subject_name}</bdi>}</Fact>
          <Fact name={t("consent.given")}>{grant.granted_at && <Time at={grant.granted_at} />}</Fact>
          <Fact name={t("consent.ends")}>{ends ? <Time at={ends} absolute /> : t("consent.endless")}</Fact>
          <Fact name={t("consent.scopes")}>
            {grant.scopes && (
              <span dir="ltr" className="font-mono text-[13px]">
                {grant.scopes.join(" ")}
              </span>
            )}
          </Fact>
        </Facts>
      ) : (
        <Told>{t("consent.none", { provider: provider.name })}</Told>
      )}
      <FormProblem error={consent.error} />
      {mayEdit && (
        <div>
          <Button size="small" busy={consent.isPending} onClick={() => void go().catch(() => undefined)}>
            {t(grant ? "consent.again" : "consent.go", { provider: provider.name })}
            <ExternalLink className="size-3.5" aria-hidden />
          </Button>
        </div>
      )}
    </section>
  );
}
