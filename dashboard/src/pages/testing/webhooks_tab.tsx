/** Simulate a webhook: the sandbox sends one, signed as the provider does, and its way through the hub is seen live. */
import { Link } from "@tanstack/react-router";
import { Webhook } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import type { Connection } from "@/hooks/connections";
import { useProviders } from "@/hooks/providers";
import { useSandbox } from "@/hooks/sandbox";
import { type Endpoint, useEndpoints } from "@/hooks/webhook_arrivals";
import { LIST_MS, WAITING_MS } from "@/lib/live";
import { buttonClass } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Empty, NoPermission, Result } from "@/ui/states";
import { Arrivals } from "./arrivals";
import { ParcelForm } from "./parcel_form";
import { PaymentForm } from "./payment_form";
import { SendAgain } from "./send_again";

export function WebhooksTab({ connection }: { connection: Connection }) {
  const { t } = useTranslation("testing");
  const providers = useProviders();
  return (
    <Result query={providers}>
      {(all) => {
        const provider = all.find(({ key }) => key === connection.provider_key);
        if (provider?.capabilities.includes("sends_webhooks")) return <Simulator connection={connection} />;
        return (
          <Panel title={t("webhooks.title")}>
            <Empty icon={Webhook} title={t("webhooks.sends_none", { provider: provider?.name ?? "" })}>
              {t("webhooks.sends_none_text")}
            </Empty>
          </Panel>
        );
      }}
    </Result>
  );
}

/** For how long after something was sent its arrival is looked for often. */
const WATCH_MS = 30_000;

function Simulator({ connection }: { connection: Connection }) {
  const { t } = useTranslation("testing");
  const { slug } = useOrganization();
  const allowed = useMay("developer");
  const sandbox = useSandbox();
  const endpoints = useEndpoints(connection.id);
  // When something was sent last: what arrived since then is marked as new.
  const [sentAt, setSentAt] = useState<string | null>(null);
  const [watching, setWatching] = useState(false);
  const sent = () => {
    setSentAt(new Date().toISOString());
    setWatching(true);
    setTimeout(() => setWatching(false), WATCH_MS);
  };
  return (
    <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-[26rem_minmax(0,1fr)]">
      <Panel title={t("webhooks.title")}>
        {!allowed ? (
          <NoPermission needs="developer" />
        ) : sandbox.data === null ? (
          <Empty icon={Webhook} title={t("webhooks.no_sandbox")}>
            {t("webhooks.no_sandbox_text")}
          </Empty>
        ) : (
          <Result
            query={endpoints}
            empty={
              <Empty
                icon={Webhook}
                title={t("webhooks.no_endpoint")}
                action={
                  <Link
                    to="/o/$slug/webhooks"
                    params={{ slug }}
                    search={{ connection: connection.id }}
                    className={buttonClass()}
                  >
                    {t("webhooks.to_webhooks")}
                  </Link>
                }
              >
                {t("webhooks.no_endpoint_text")}
              </Empty>
            }
          >
            {(list) => <Ways connection={connection} sandbox={sandbox.data ?? null} endpoints={list} onSent={sent} />}
          </Result>
        )}
      </Panel>
      <Arrivals connectionId={connection.id} since={sentAt} everyMs={watching ? WAITING_MS : LIST_MS} />
    </div>
  );
}

interface WaysProps {
  connection: Connection;
  sandbox: string | null;
  endpoints: readonly Endpoint[];
  onSent: () => void;
}

/** Something new happens at the provider, or an earlier webhook comes once more. */
function Ways({ connection, sandbox, endpoints, onSent }: WaysProps) {
  const { t } = useTranslation("testing");
  const provider = useProviders().data?.find(({ key }) => key === connection.provider_key);
  return (
    <div className="divide-y divide-line">
      <p className="px-4 py-3 text-[13px] text-muted">{t("webhooks.how")}</p>
      {provider?.category === "payments" && <PaymentForm connection={connection} sandbox={sandbox} onSent={onSent} />}
      {provider?.category === "shipping" && <ParcelForm connection={connection} sandbox={sandbox} onSent={onSent} />}
      <SendAgain sandbox={sandbox} endpoints={endpoints} onSent={onSent} />
    </div>
  );
}
