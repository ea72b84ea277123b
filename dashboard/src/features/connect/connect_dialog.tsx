/** Connect a provider: choose it, answer what its manifest asks, and see it tested. Secrets are sealed in this page. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Connection, useStartConsent } from "@/hooks/connections";
import { type Provider, useProviders } from "@/hooks/providers";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ProblemText, Result } from "@/ui/states";
import { CircleCheck } from "lucide-react";
import { ProviderForm } from "./provider_form";
import { ProviderList } from "./provider_list";

interface Props {
  /** The key of a provider that is chosen already; null: none yet. */
  provider: string | null;
  onClose: () => void;
}

/** Where the person is: with nothing chosen, with a form, or done. */
type Outcome = { connection: Connection; needsConsent: boolean };

export function ConnectDialog({ provider: given, onClose }: Props) {
  const { t } = useTranslation(["connect", "common"]);
  const providers = useProviders();
  const [chosenKey, setChosenKey] = useState(given);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const chosen = providers.data?.find(({ key }) => key === chosenKey);
  const title = chosen ? t("title_of", { provider: chosen.name }) : t("title");
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      description={outcome ? undefined : chosen ? t("sealed") : t("description")}
      size="large"
    >
      <Result query={providers}>
        {(all) => {
          if (outcome && chosen) return <Done provider={chosen} outcome={outcome} onClose={onClose} />;
          if (chosen) {
            const back = given === null ? () => setChosenKey(null) : onClose;
            return <ProviderForm key={chosen.key} provider={chosen} onBack={back} onDone={setOutcome} />;
          }
          return <ProviderList providers={all.filter(({ enabled }) => enabled)} onChoose={setChosenKey} />;
        }}
      </Result>
    </Dialog>
  );
}

function Done({ provider, outcome, onClose }: { provider: Provider; outcome: Outcome; onClose: () => void }) {
  const { t } = useTranslation(["connect", "common"]);
  const consent = useStartConsent();
  const { connection, needsConsent } = outcome;
  const goToProvider = async () => {
    const address = await consent.mutateAsync({ connection_id: connection.id, return_url: window.location.href });
    window.location.assign(address);
  };
  return (
    <div className="flex flex-col items-center gap-3 py-8 text-center" role="status">
      <CircleCheck className="size-8 text-good" aria-hidden />
      <p className="text-base font-semibold">
        {needsConsent ? t("consent_title", { provider: provider.name }) : t("done_title", { name: connection.name })}
      </p>
      <p className="max-w-prose text-muted">{needsConsent ? t("consent_text") : t("done_text")}</p>
      {consent.error && (
        <p role="alert" className="text-bad">
          <ProblemText error={consent.error} />
        </p>
      )}
      {needsConsent ? (
        <Button look="primary" busy={consent.isPending} onClick={() => void goToProvider().catch(() => undefined)}>
          {t("consent_action", { provider: provider.name })}
        </Button>
      ) : (
        <Button look="primary" onClick={onClose}>
          {t("done_action")}
        </Button>
      )}
    </div>
  );
}
