/** One webhook event: what came, whether it is believed and why, what was done about it, and what followed from it. */
import { useState } from "react";
import { RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useStyle } from "@/app/style";
import { useWebhookSchemes } from "@/hooks/webhook_endpoints";
import { useWebhookEvent, type WebhookEvent } from "@/hooks/webhook_events";
import { formatCount } from "@/lib/format";
import { Badge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Id } from "@/ui/copy_button";
import { Drawer } from "@/ui/dialog";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { Consequences } from "./consequences";
import { ReplayEvents } from "./lazy";
import { Request } from "./request";
import { Fact, Facts } from "@/ui/facts";
import { Code, ConnectionName, Part } from "./shared";

interface Props {
  id: string;
  onClose: () => void;
}

export function EventDrawer({ id, onClose }: Props) {
  const { t } = useTranslation("webhooks");
  const event = useWebhookEvent(id);
  const mayReplay = useMay("developer");
  const [replaying, setReplaying] = useState(false);
  const erased = event.data?.body_erased_at != null;
  return (
    <Drawer
      open
      size="large"
      onOpenChange={onClose}
      title={event.data?.event_type ? <Code>{event.data.event_type}</Code> : t("event.title")}
      footer={
        event.data &&
        mayReplay && (
          <>
            {erased && <p className="me-auto self-center text-[13px] text-muted">{t("event.erased_no_replay")}</p>}
            <Button look="primary" disabled={erased} onClick={() => setReplaying(true)}>
              <RotateCcw className="size-4" aria-hidden />
              {t("event.replay")}
            </Button>
          </>
        )
      }
    >
      <Result query={event} lines={12}>
        {(found) => (
          <>
            <Summary event={found} />
            <Verification event={found} />
            <Processing event={found} />
            <Consequences event={found} />
            <Request event={found} />
          </>
        )}
      </Result>
      {replaying && <ReplayEvents of={{ ids: [id] }} onClose={() => setReplaying(false)} />}
    </Drawer>
  );
}

function Summary({ event }: { event: WebhookEvent }) {
  const { t } = useTranslation("webhooks");
  const style = useStyle();
  return (
    <Part title={t("event.summary")}>
      <Facts>
        <Fact name={t("columns.status")}>
          <Status state={event.status} />
          <p className="mt-1 text-[13px] text-muted">{t(`event.why.${event.status}`)}</p>
        </Fact>
        <Fact name={t("columns.connection")}>
          <ConnectionName id={event.connection_id} otherwise={event.provider_key} />
        </Fact>
        <Fact name={t("columns.provider_id")}>{event.provider_event_id && <Code>{event.provider_event_id}</Code>}</Fact>
        <Fact name={t("event.hub_id")}>
          <Id value={event.id} />
        </Fact>
        <Fact name={t("columns.received")}>
          <Time at={event.received_at} absolute /> (<Time at={event.received_at} />)
        </Fact>
        <Fact name={t("event.from")}>{event.source_address && <Code>{event.source_address}</Code>}</Fact>
        <Fact name={t("event.size")}>
          {t("bytes", { count: event.body_bytes, shown: formatCount(event.body_bytes, style) })}
        </Fact>
        <Fact name={t("event.trace")}>{event.trace_id && <Id value={event.trace_id} />}</Fact>
      </Facts>
    </Part>
  );
}

function Verification({ event }: { event: WebhookEvent }) {
  const { t } = useTranslation("webhooks");
  const scheme = useWebhookSchemes().data?.get(event.provider_key);
  const state = event.verified ? "verified" : event.status === "refused" ? "refused" : "waiting";
  const tone = { verified: "good", refused: "bad", waiting: "info" } as const;
  return (
    <Part title={t("event.verification")}>
      <Facts>
        <Fact name={t("event.result")}>
          <Badge tone={tone[state]}>{t(`event.proof.${state}`)}</Badge>
          <p className="mt-1 text-[13px] text-muted">
            {state === "verified" && scheme && !scheme.signs_content
              ? t("event.proof_why.hint")
              : t(`event.proof_why.${state}`)}
          </p>
          {state === "refused" && <Fault error={event.error} />}
        </Fact>
        <Fact name={t("event.algorithm")}>{scheme && <Code>{scheme.algorithm}</Code>}</Fact>
        <Fact name={t("event.proof_in")}>
          {scheme && (
            <span lang="en" dir="ltr">
              {scheme.signature_header}
            </span>
          )}
        </Fact>
      </Facts>
    </Part>
  );
}

function Processing({ event }: { event: WebhookEvent }) {
  const { t } = useTranslation("webhooks");
  const style = useStyle();
  return (
    <Part title={t("event.processing")}>
      <Facts>
        <Fact name={t("event.attempts")}>{formatCount(event.attempts, style)}</Fact>
        <Fact name={t("event.settled")}>
          {event.processed_at ? <Time at={event.processed_at} absolute /> : t("event.not_settled")}
        </Fact>
        <Fact name={t("event.last_error")}>
          {event.error !== null && event.status !== "refused" && <Fault error={event.error} />}
        </Fact>
      </Facts>
    </Part>
  );
}

function Fault({ error }: { error: WebhookEvent["error"] }) {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  return (
    <p lang="en" dir="auto" className="mt-1 break-words text-bad">
      {message} {code && <code className="font-mono text-xs">({code})</code>}
    </p>
  );
}
