/** The networks that are connected: how their consent stands, and which of their accounts the hub works with. */
import { lazy, Suspense, useState } from "react";
import { Plug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { type Account, ofEnvironment, useGrants } from "@/hooks/accounts";
import { type Connection, useConnections } from "@/hooks/connections";
import { type Network, useNetworks } from "@/hooks/networks";
import { Button } from "@/ui/button";
import { Empty, NoMatch, Result } from "@/ui/states";
import { ConnectionCard } from "./connection_card";
import { useSearch } from "./search";

const ConnectDialog = lazy(() =>
  import("@/features/connect/connect_dialog").then((module) => ({ default: module.ConnectDialog })),
);

export function Accounts({ accounts }: { accounts: readonly Account[] }) {
  const { t } = useTranslation("social");
  const [{ connection: only }, set] = useSearch();
  const environment = useEnvironment();
  const networks = useNetworks();
  const connections = useConnections(environment);
  const grants = useGrants();
  const mayConnect = useMay("developer");
  const [connecting, setConnecting] = useState<string | null>(null);
  const all = [...(networks.data?.values() ?? [])];
  const buttons = mayConnect && <ConnectButtons networks={all} onConnect={setConnecting} />;
  return (
    <>
      <Result query={networks}>
        {(known) => (
          <Result query={connections}>
            {(list) => {
              const social = list.filter(({ provider_key }) => known.has(provider_key));
              const shown = social.filter(({ id }) => only === undefined || id === only);
              if (social.length === 0) {
                return (
                  <Empty icon={Plug} title={t("accounts.empty")} action={buttons}>
                    {t("accounts.empty_text")}
                  </Empty>
                );
              }
              if (shown.length === 0) return <NoMatch onClear={() => set({ connection: undefined })} />;
              return (
                <div className="flex flex-col gap-4">
                  <div className="flex flex-wrap justify-end gap-2">{buttons}</div>
                  {shown.map((connection) => (
                    <ConnectionCard
                      key={connection.id}
                      connection={connection}
                      network={known.get(connection.provider_key)}
                      accounts={accountsOf(accounts, connection, environment)}
                      grant={grants.data?.get(connection.id)}
                    />
                  ))}
                </div>
              );
            }}
          </Result>
        )}
      </Result>
      {connecting !== null && (
        <Suspense>
          <ConnectDialog provider={connecting} onClose={() => setConnecting(null)} />
        </Suspense>
      )}
    </>
  );
}

function accountsOf(accounts: readonly Account[], { id }: Connection, environment: "sandbox" | "live" | null) {
  return ofEnvironment(accounts, environment).filter(({ connection_id }) => connection_id === id);
}

function ConnectButtons({ networks, onConnect }: { networks: readonly Network[]; onConnect: (key: string) => void }) {
  const { t } = useTranslation("social");
  return networks
    .filter(({ enabled }) => enabled)
    .map(({ key, name }) => (
      <Button key={key} onClick={() => onConnect(key)}>
        <Plug className="size-4" aria-hidden />
        {t("accounts.connect", { network: name })}
      </Button>
    ));
}
