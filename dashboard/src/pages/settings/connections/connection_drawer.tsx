/** One connection: what it is, its settings, its credentials, and its end. */
import { useState } from "react";
import { Link } from "@tanstack/react-router";
import { FlaskConical, Pause, Play, Unplug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import {
  type Connection,
  useConnections,
  useDisconnect,
  useTestConnection,
  useUpdateConnection,
} from "@/hooks/connections";
import { useCredentials } from "@/hooks/credentials";
import { type Provider, useProviders } from "@/hooks/providers";
import { Problem } from "@/lib/problem";
import { stateOf } from "@/hooks/connection_state";
import { Fact, Facts } from "@/ui/facts";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { Button, buttonClass } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Id } from "@/ui/copy_button";
import { Drawer } from "@/ui/dialog";
import { Loading, Trouble } from "@/ui/states";
import { Time } from "@/ui/time";
import { tellDone, tellProblem } from "@/ui/toast";
import { English, FormProblem, ReadOnly } from "../parts";
import { ConnectionSettings } from "./connection_settings";
import { ConnectionSecrets } from "./connection_secrets";
import { Consent } from "./consent";

export function ConnectionDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const connections = useConnections(null);
  const providers = useProviders();
  const connection = connections.data?.find((each) => each.id === id);
  const provider = providers.data?.find(({ key }) => key === connection?.provider_key);
  return (
    <Drawer
      open
      onOpenChange={onClose}
      size="large"
      title={connection ? <bdi>{connection.name}</bdi> : t("connections.one")}
      description={provider?.name}
    >
      {connection && provider ? (
        <Details key={connection.id} connection={connection} provider={provider} onClose={onClose} />
      ) : connections.isPending || providers.isPending ? (
        <Loading lines={8} />
      ) : (
        <Trouble error={connections.error ?? new Problem("not_found", "", "connection_not_found")} />
      )}
    </Drawer>
  );
}

interface Props {
  connection: Connection;
  provider: Provider;
  onClose: () => void;
}

function Details({ connection, provider, onClose }: Props) {
  const { t } = useTranslation("settings");
  const mayEdit = useMay("developer");
  const error = connection.last_error as { message?: string } | null;
  return (
    <div className="flex flex-col gap-6">
      <Facts>
        <Fact name={t("connections.state")}>
          <span className="flex flex-wrap items-center gap-2">
            <Status state={stateOf(connection)} />
            <EnvironmentBadge environment={connection.environment} />
          </span>
        </Fact>
        <Fact name={t("connections.trouble")}>
          {error?.message && <English className="text-bad">{error.message}</English>}
        </Fact>
        <Fact name={t("connections.checked")}>
          {connection.health_checked_at && <Time at={connection.health_checked_at} />}
        </Fact>
        <Fact name={t("connections.made")}>
          <Time at={connection.created_at} />
        </Fact>
        <Fact name={t("id")}>
          <Id value={connection.id} />
        </Fact>
      </Facts>
      <Deeds connection={connection} />
      {!mayEdit && <ReadOnly needs="developer" />}
      <ConnectionSettings connection={connection} provider={provider} />
      {provider.consent !== null && <Consent connection={connection} provider={provider} />}
      <ConnectionSecrets connection={connection} provider={provider} />
      <Disconnect connection={connection} onDone={onClose} />
    </div>
  );
}

function Deeds({ connection }: { connection: Connection }) {
  const { t } = useTranslation("settings");
  const { slug } = useOrganization();
  const mayEdit = useMay("developer");
  const test = useTestConnection();
  const update = useUpdateConnection();
  const paused = connection.status === "paused";
  if (!mayEdit) return null;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <Button
          size="small"
          busy={test.isPending}
          onClick={() => test.mutate(connection.id, { onSuccess: () => tellDone(t("connections.tested")) })}
        >
          {t("connections.test")}
        </Button>
        <Button
          size="small"
          busy={update.isPending}
          onClick={() =>
            update.mutate(
              { connection_id: connection.id, paused: !paused },
              {
                onSuccess: () => tellDone(t(paused ? "connections.resumed" : "connections.paused")),
                onError: tellProblem,
              },
            )
          }
        >
          {paused ? <Play className="size-4" aria-hidden /> : <Pause className="size-4" aria-hidden />}
          {t(paused ? "connections.resume" : "connections.pause")}
        </Button>
        {connection.environment === "sandbox" && (
          <Link
            to="/o/$slug/testing"
            params={{ slug }}
            search={{ connection: connection.id }}
            className={buttonClass("secondary", "small")}
          >
            <FlaskConical className="size-4" aria-hidden />
            {t("connections.try")}
          </Link>
        )}
      </div>
      <FormProblem error={test.error} />
    </div>
  );
}

function Disconnect({ connection, onDone }: { connection: Connection; onDone: () => void }) {
  const { t } = useTranslation("settings");
  const mayAdmin = useMay("admin");
  const [asking, setAsking] = useState(false);
  const disconnect = useDisconnect();
  const credentials = useCredentials(connection.id);
  return (
    <section className="flex flex-col items-start gap-3 border-t border-line pt-5">
      <h3 className="font-semibold">{t("connections.end")}</h3>
      <p className="text-muted">{t("connections.end_text")}</p>
      {mayAdmin ? (
        <Button look="danger" onClick={() => setAsking(true)}>
          <Unplug className="size-4" aria-hidden />
          {t("connections.disconnect")}
        </Button>
      ) : (
        <ReadOnly needs="admin" />
      )}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("connections.disconnect_title", { name: connection.name })}
        action={t("connections.disconnect")}
        typed={connection.name}
        onConfirm={async () => {
          await disconnect.mutateAsync(connection.id);
          tellDone(t("connections.disconnected", { name: connection.name }));
          onDone();
        }}
      >
        {t("connections.disconnect_text", { count: credentials.data?.length ?? 0 })}
      </Confirm>
    </section>
  );
}
