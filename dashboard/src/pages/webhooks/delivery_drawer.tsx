/** One delivery: what is sent, each attempt at it, and sending it anew. */
import { useState } from "react";
import { Link } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { type Delivery, type DeliveryAttempt, useAttempts, useDelivery, useResend } from "@/hooks/deliveries";
import { type Subscription, useSubscriptions } from "@/hooks/subscriptions";
import { formatCount, formatDuration } from "@/lib/format";
import { Badge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Id } from "@/ui/copy_button";
import { Drawer } from "@/ui/dialog";
import { Json } from "@/ui/json";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { tellDone } from "@/ui/toast";
import { Headers, Raw } from "./request";
import { Fact, Facts } from "@/ui/facts";
import { Code, Part } from "./shared";

interface Props {
  id: string;
  onClose: () => void;
}

export function DeliveryDrawer({ id, onClose }: Props) {
  const { t } = useTranslation("webhooks");
  const delivery = useDelivery(id);
  const subscription = useSubscriptions().data?.find((each) => each.id === delivery.data?.subscription_id);
  const mayReplay = useMay("developer");
  const [asking, setAsking] = useState(false);
  const resend = useResend();
  const isPending = delivery.data?.status === "pending";
  return (
    <Drawer
      open
      size="large"
      onOpenChange={onClose}
      title={delivery.data ? <Code>{delivery.data.event_type}</Code> : t("delivery.title")}
      footer={
        delivery.data &&
        mayReplay && (
          <>
            {(isPending || !subscription) && (
              <p className="me-auto self-center text-[13px] text-muted">
                {isPending ? t("delivery.on_its_way") : t("deliveries.subscription_gone")}
              </p>
            )}
            <Button look="primary" disabled={isPending || !subscription} onClick={() => setAsking(true)}>
              <RotateCcw className="size-4" aria-hidden />
              {t("delivery.resend")}
            </Button>
          </>
        )
      }
    >
      <Result query={delivery} lines={12}>
        {(found) => (
          <>
            <Summary delivery={found} subscription={subscription} />
            <Attempts delivery={found} />
            <Sent delivery={found} subscription={subscription} />
          </>
        )}
      </Result>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("delivery.resend_title")}
        action={t("delivery.resend")}
        onConfirm={async () => {
          await resend.mutateAsync([id]);
          tellDone(t("delivery.resent"));
        }}
      >
        {t("delivery.resend_text", { name: subscription?.name ?? "" })}
      </Confirm>
    </Drawer>
  );
}

interface PartProps {
  delivery: Delivery;
  subscription?: Subscription | undefined;
}

function Summary({ delivery, subscription }: PartProps) {
  const { t } = useTranslation("webhooks");
  const { slug } = useOrganization();
  return (
    <Part title={t("event.summary")}>
      <Facts>
        <Fact name={t("columns.status")}>
          <Status state={delivery.status} />
        </Fact>
        <Fact name={t("columns.subscription")}>
          {subscription ? (
            <Link
              to="/o/$slug/webhooks"
              params={{ slug }}
              search={{ tab: "subscriptions", subscription: subscription.id }}
              className="text-accent-strong hover:underline"
            >
              <bdi>{subscription.name}</bdi>
            </Link>
          ) : (
            t("deliveries.subscription_gone")
          )}
        </Fact>
        <Fact name={t("delivery.event_id")}>
          <Id value={delivery.event_id} />
        </Fact>
        <Fact name={t("delivery.created")}>
          <Time at={delivery.created_at} absolute />
        </Fact>
        <Fact name={t("delivery.next_attempt")}>
          {delivery.status === "pending" && delivery.next_attempt_at && <Time at={delivery.next_attempt_at} absolute />}
        </Fact>
        <Fact name={t("delivery.delivered")}>
          {delivery.delivered_at && <Time at={delivery.delivered_at} absolute />}
        </Fact>
        <Fact name={t("delivery.replayed")}>{delivery.replayed_at && <Time at={delivery.replayed_at} absolute />}</Fact>
        <Fact name={t("event.trace")}>{delivery.trace_id && <Id value={delivery.trace_id} />}</Fact>
      </Facts>
    </Part>
  );
}

function Attempts({ delivery }: PartProps) {
  const { t } = useTranslation("webhooks");
  const style = useStyle();
  return (
    <Part title={t("delivery.attempts", { count: delivery.attempts, shown: formatCount(delivery.attempts, style) })}>
      <Result query={useAttempts(delivery.id)} empty={<p className="text-muted">{t("delivery.no_attempts")}</p>}>
        {(attempts) => (
          <ol className="flex flex-col gap-2" aria-label={t("columns.attempts")}>
            {attempts.map((attempt) => (
              <Attempt key={attempt.id} attempt={attempt} />
            ))}
          </ol>
        )}
      </Result>
    </Part>
  );
}

function Attempt({ attempt }: { attempt: DeliveryAttempt }) {
  const { t } = useTranslation("webhooks");
  const style = useStyle();
  const error = attempt.error as { code?: string; message?: string } | null;
  return (
    <li className="rounded-box border border-line px-3 py-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span className="flex items-center gap-2">
          <span className="tabular text-muted">{formatCount(attempt.number, style)}</span>
          <Badge tone={error === null ? "good" : "bad"}>
            {attempt.http_status === null ? t("delivery.no_answer") : `HTTP ${attempt.http_status}`}
          </Badge>
        </span>
        <span className="tabular flex items-center gap-3 text-[13px] text-muted">
          {formatDuration(attempt.duration_ms, style)}
          <Time at={attempt.created_at} absolute />
        </span>
      </div>
      {error && (
        <p lang="en" dir="auto" className="mt-1 break-words text-bad">
          {error.message} {error.code && <code className="font-mono text-xs">({error.code})</code>}
        </p>
      )}
      {attempt.response && (
        <details className="mt-2">
          <summary className="cursor-pointer text-[13px] text-muted">{t("delivery.response")}</summary>
          <div className="mt-2">
            <Raw text={attempt.response} label={t("delivery.response")} />
          </div>
        </details>
      )}
    </li>
  );
}

/** The request, as far as it does not depend on the attempt: time and signature are made anew for each. */
function Sent({ delivery, subscription }: PartProps) {
  const { t } = useTranslation("webhooks");
  return (
    <Part title={t("delivery.request")}>
      {subscription && (
        <p className="mb-2 break-all">
          <Code>{`POST ${subscription.url}`}</Code>
        </p>
      )}
      <Headers
        headers={{
          "content-type": "application/json",
          "webhook-id": delivery.event_id,
          "webhook-timestamp": t("delivery.per_attempt"),
          "webhook-signature": t("delivery.per_attempt"),
        }}
      />
      <div className="mt-3">
        <Json value={delivery.payload} label={t("request.body")} />
      </div>
    </Part>
  );
}
