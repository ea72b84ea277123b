/** One subscription: how it stands, what it wants, its secret, a ping, what it missed, and switching it on or off. */
import { lazy, Suspense, useState } from "react";
import { Link } from "@tanstack/react-router";
import { Pencil, RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { type Subscription, useDeleteSubscription, useEnableSubscription } from "@/hooks/subscriptions";
import { formatCount } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Drawer } from "@/ui/dialog";
import { Json } from "@/ui/json";
import { ProblemText } from "@/ui/states";
import { Time } from "@/ui/time";
import { tellDone } from "@/ui/toast";
import { ReplayDeliveries } from "./lazy";
import { Fact, Facts } from "@/ui/facts";
import { BEGINNING, Code, ConnectionName, Part } from "./shared";
import { Ping } from "./ping";
import { Secret } from "./secret";
import { SubscriptionState } from "./subscriptions_tab";

const SubscriptionForm = lazy(() =>
  import("./subscription_form").then((module) => ({ default: module.SubscriptionForm })),
);

interface Props {
  subscription: Subscription;
  onClose: () => void;
}

export function SubscriptionDrawer({ subscription, onClose }: Props) {
  const { t } = useTranslation("webhooks");
  const mayChange = useMay("developer");
  const [asking, setAsking] = useState<"edit" | "disable" | "delete" | "recover" | null>(null);
  const enable = useEnableSubscription();
  const remove = useDeleteSubscription();
  const close = () => setAsking(null);
  const { id, name, enabled } = subscription;
  return (
    <Drawer
      open
      size="large"
      onOpenChange={onClose}
      title={<bdi>{name}</bdi>}
      footer={
        mayChange && (
          <>
            <Button look="danger" className="me-auto" onClick={() => setAsking("delete")}>
              {t("subscription.delete")}
            </Button>
            <Button onClick={() => setAsking("edit")}>
              <Pencil className="size-4" aria-hidden />
              {t("subscription.edit")}
            </Button>
            {enabled ? (
              <Button onClick={() => setAsking("disable")}>{t("subscription.disable")}</Button>
            ) : (
              <Button
                look="primary"
                busy={enable.isPending}
                onClick={() => enable.mutate({ subscriptionId: id, enabled: true })}
              >
                {t("subscription.enable")}
              </Button>
            )}
          </>
        )
      }
    >
      <Standing subscription={subscription} error={enable.error} />
      <Wanted subscription={subscription} />
      {mayChange && (
        <>
          <Secret subscription={subscription} />
          <Ping subscription={subscription} />
          <Part
            title={t("subscription.recover")}
            aside={
              <Button size="small" onClick={() => setAsking("recover")}>
                <RotateCcw className="size-3.5" aria-hidden />
                {t("subscription.recover_action")}
              </Button>
            }
          >
            <p className="text-muted">{t("subscription.recover_text")}</p>
          </Part>
        </>
      )}
      <Confirm
        open={asking === "disable"}
        onOpenChange={close}
        title={t("subscription.disable_title")}
        action={t("subscription.disable")}
        onConfirm={() => enable.mutateAsync({ subscriptionId: id, enabled: false })}
      >
        {t("subscription.disable_text")}
      </Confirm>
      <Confirm
        open={asking === "delete"}
        onOpenChange={close}
        title={t("subscription.delete_title")}
        action={t("subscription.delete")}
        typed={name}
        onConfirm={async () => {
          await remove.mutateAsync(id);
          tellDone(t("subscription.deleted"));
          onClose();
        }}
      >
        {t("subscription.delete_text")}
      </Confirm>
      {asking === "recover" && (
        <ReplayDeliveries span={{ since: BEGINNING, until: null }} type={null} subscription={id} dead onClose={close} />
      )}
      <Suspense>{asking === "edit" && <SubscriptionForm subscription={subscription} onClose={close} />}</Suspense>
    </Drawer>
  );
}

function Standing({ subscription, error }: { subscription: Subscription; error: unknown }) {
  const { t } = useTranslation("webhooks");
  const { slug } = useOrganization();
  const style = useStyle();
  const { failures, failing_since, paused_until, disabled_reason, fault } = subscription;
  const reason = (["gone", "failing", "invalid"] as const).find((each) => each === disabled_reason);
  const found = fault as { field?: string; message?: string } | null;
  return (
    <Part
      title={t("event.summary")}
      aside={
        <Link
          to="/o/$slug/webhooks"
          params={{ slug }}
          search={{ tab: "deliveries", subscription: subscription.id }}
          className="text-[13px] text-accent-strong hover:underline"
        >
          {t("subscription.deliveries")}
        </Link>
      }
    >
      {reason && (
        <div role="alert" className="mb-3 rounded-box bg-bad-soft px-3 py-2 text-bad">
          <p className="font-medium">{t(`subscription.off_why.${reason}`)}</p>
          {found?.message && (
            <p lang="en" dir="auto">
              {found.message} {found.field && <code className="font-mono text-xs">({found.field})</code>}
            </p>
          )}
        </div>
      )}
      {error !== null && (
        <p role="alert" className="mb-3 text-bad">
          <ProblemText error={error} />
        </p>
      )}
      <Facts>
        <Fact name={t("columns.status")}>
          <SubscriptionState subscription={subscription} />
        </Fact>
        <Fact name={t("subscription.failures")}>
          {failures > 0 && (
            <>
              {formatCount(failures, style)}
              {failing_since && (
                <>
                  {" · "}
                  {t("subscription.failing_since")} <Time at={failing_since} />
                </>
              )}
            </>
          )}
        </Fact>
        <Fact name={t("subscription.paused_until")}>
          {paused_until && new Date(paused_until) > new Date() && <Time at={paused_until} />}
        </Fact>
      </Facts>
    </Part>
  );
}

function Wanted({ subscription }: { subscription: Subscription }) {
  const { t } = useTranslation(["webhooks", "common"]);
  const style = useStyle();
  const { url, event_types, connection_id, environment, conditions, ordered, rate_per_minute, template } = subscription;
  return (
    <Part title={t("subscription.wanted")}>
      <Facts>
        <Fact name={t("form.url")}>
          <Code>{url}</Code>
        </Fact>
        <Fact name={t("columns.types")}>
          <span className="flex flex-wrap gap-x-3 gap-y-1">
            {event_types.map((type) => (
              <Code key={type}>{type}</Code>
            ))}
          </span>
        </Fact>
        <Fact name={t("columns.connection")}>
          {connection_id ? <ConnectionName id={connection_id} /> : t("subscription.all")}
        </Fact>
        <Fact name={t("common:environment.label")}>{t(`common:environment.${environment ?? "both"}`)}</Fact>
        <Fact name={t("form.conditions")}>
          {conditions.length > 0 && (
            <span className="flex flex-col gap-1">
              {conditions.map((condition) => (
                <Code key={condition}>{condition}</Code>
              ))}
            </span>
          )}
        </Fact>
        <Fact name={t("form.order")}>
          <Badge>{ordered ? t("form.ordered") : t("form.parallel")}</Badge>
        </Fact>
        <Fact name={t("form.rate")}>
          {rate_per_minute !== null && t("form.rate_value", { shown: formatCount(rate_per_minute, style) })}
        </Fact>
      </Facts>
      {template !== null && (
        <div className="mt-3">
          <p className="mb-1 text-muted">{t("form.template")}</p>
          <Json value={template} label={t("form.template")} />
        </div>
      )}
    </Part>
  );
}
