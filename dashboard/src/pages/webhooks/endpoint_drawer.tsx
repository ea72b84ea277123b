/** One endpoint: what came in at it, what it lets in, how its provider is set up, and an address in its place. */
import { useState } from "react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { type Endpoint, useChangeEndpoint, useCreateEndpoint } from "@/hooks/webhook_endpoints";
import { formatCount } from "@/lib/format";
import { Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Drawer } from "@/ui/dialog";
import { Time } from "@/ui/time";
import { tellDone, tellProblem } from "@/ui/toast";
import { EndpointControlsForm } from "./endpoint_controls";
import { SetupGuide } from "./setup_guide";
import { Fact, Facts } from "@/ui/facts";
import { Code, ConnectionName, Part, useConnectionsById } from "./shared";
import { ShownOnce } from "@/ui/shown_once";
import { Reason } from "./turned_away_tab";

interface Props {
  endpoint: Endpoint;
  onClose: () => void;
}

export function EndpointDrawer({ endpoint, onClose }: Props) {
  const { t } = useTranslation(["webhooks", "common"]);
  const mayChange = useMay("developer");
  const connection = useConnectionsById().get(endpoint.connection_id);
  const [asking, setAsking] = useState<"disable" | "rotate" | null>(null);
  const change = useChangeEndpoint();
  const create = useCreateEndpoint();
  const enable = (enabled: boolean) => change.mutateAsync({ endpointId: endpoint.id, changes: { enabled } });
  const rotate = () => {
    const { connection_id, description, record_only, max_body_bytes, tolerance_seconds } = endpoint;
    const { rate_per_second, rate_burst, allowed_networks, ignored_event_types, body_retention_days } = endpoint;
    const limits = { record_only, max_body_bytes, tolerance_seconds, rate_per_second, rate_burst };
    const controls = { ...limits, allowed_networks, ignored_event_types, body_retention_days };
    return create.mutateAsync({ connection_id, description, controls });
  };
  return (
    <Drawer
      open
      size="large"
      onOpenChange={onClose}
      title={<ConnectionName id={endpoint.connection_id} />}
      footer={
        mayChange && (
          <>
            {endpoint.enabled ? (
              <Button look="danger" onClick={() => setAsking("disable")}>
                {t("endpoint.disable")}
              </Button>
            ) : (
              <Button busy={change.isPending} onClick={() => void enable(true).catch(tellProblem)}>
                {t("endpoint.enable")}
              </Button>
            )}
            {connection && <Button onClick={() => setAsking("rotate")}>{t("endpoint.rotate")}</Button>}
          </>
        )
      }
    >
      {create.data && (
        <div className="mb-5 flex flex-col gap-3">
          <ShownOnce text={create.data.url} label={t("endpoint.new_url")}>
            {t("endpoint.new_url_text")}
          </ShownOnce>
        </div>
      )}
      <Summary endpoint={endpoint} />
      <Part title={t("endpoint.controls")}>
        <EndpointControlsForm key={endpoint.id} endpoint={endpoint} disabled={!mayChange} />
      </Part>
      {connection && (
        <details className="mt-6 rounded-box border border-line" open={create.data !== undefined}>
          <summary className="cursor-pointer px-3 py-2 font-medium">{t("guide.title")}</summary>
          <div className="border-t border-line p-3">
            <SetupGuide connection={connection} url={create.data?.url ?? null} />
          </div>
        </details>
      )}
      <Confirm
        open={asking === "disable"}
        onOpenChange={() => setAsking(null)}
        title={t("endpoint.disable_title")}
        action={t("endpoint.disable")}
        onConfirm={() => enable(false).then(() => tellDone(t("endpoint.disabled")))}
      >
        {t("endpoint.disable_text")}
      </Confirm>
      <Confirm
        open={asking === "rotate"}
        onOpenChange={() => setAsking(null)}
        title={t("endpoint.rotate_title")}
        action={t("endpoint.rotate")}
        onConfirm={rotate}
      >
        {t("endpoint.rotate_text")}
      </Confirm>
    </Drawer>
  );
}

function Summary({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation("webhooks");
  const { slug } = useOrganization();
  const style = useStyle();
  return (
    <Part title={t("event.summary")}>
      <Facts>
        <Fact name={t("columns.status")}>
          <Status state={endpoint.enabled ? "active" : "disabled"} />
        </Fact>
        <Fact name={t("columns.address")}>
          <Code>{`/functions/v1/webhooks/${endpoint.token_hint}…`}</Code>
          <p className="mt-1 text-[13px] text-muted">{t("endpoint.address_hidden")}</p>
        </Fact>
        <Fact name={t("columns.taken")}>
          {formatCount(endpoint.received_count, style)}
          {endpoint.last_received_at && (
            <>
              {" · "}
              <Time at={endpoint.last_received_at} />
            </>
          )}
        </Fact>
        <Fact name={t("columns.refused")}>
          <span className="inline-flex flex-wrap items-center gap-2">
            {formatCount(endpoint.refused_count, style)}
            {endpoint.last_refused_at && <Time at={endpoint.last_refused_at} />}
            {endpoint.last_refusal && <Reason reason={endpoint.last_refusal} />}
            {endpoint.refused_count > 0 && (
              <Link
                to="/o/$slug/webhooks"
                params={{ slug }}
                search={{ tab: "turned_away", connection: endpoint.connection_id }}
                className="text-accent-strong hover:underline"
              >
                {t("endpoint.see_refused")}
              </Link>
            )}
          </span>
        </Fact>
        <Fact name={t("delivery.created")}>
          <Time at={endpoint.created_at} absolute />
        </Fact>
      </Facts>
    </Part>
  );
}
