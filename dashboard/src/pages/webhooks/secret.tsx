/** The secret that deliveries are signed with: since when, and another one in its place. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Subscription, useRotateSecret } from "@/hooks/subscriptions";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { ProblemText } from "@/ui/states";
import { Time } from "@/ui/time";
import { Fact, Facts } from "@/ui/facts";
import { Part } from "./shared";
import { ShownOnce } from "@/ui/shown_once";

/** In seconds; the hub takes a week at most. */
const OVERLAPS = { none: 0, hour: 3_600, day: 86_400, week: 604_800 };
type Overlap = keyof typeof OVERLAPS;

export function Secret({ subscription }: { subscription: Subscription }) {
  const { t } = useTranslation("webhooks");
  const [rotating, setRotating] = useState(false);
  const { secret_set_at, former_secret_until } = subscription;
  return (
    <Part
      title={t("secret.title")}
      aside={
        <Button size="small" onClick={() => setRotating(true)}>
          {secret_set_at ? t("secret.rotate") : t("secret.set")}
        </Button>
      }
    >
      <Facts>
        <Fact name={t("secret.since")}>
          {secret_set_at ? <Time at={secret_set_at} absolute /> : t("subscription.no_secret")}
        </Fact>
        <Fact name={t("secret.former")}>
          {former_secret_until && new Date(former_secret_until) > new Date() && (
            <Time at={former_secret_until} absolute />
          )}
        </Fact>
      </Facts>
      {rotating && <Rotate subscriptionId={subscription.id} onClose={() => setRotating(false)} />}
    </Part>
  );
}

function Rotate({ subscriptionId, onClose }: { subscriptionId: string; onClose: () => void }) {
  const { t } = useTranslation(["webhooks", "common"]);
  const [overlap, setOverlap] = useState<Overlap>("day");
  const rotate = useRotateSecret();
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("secret.rotate")}
      size="small"
      footer={
        rotate.data ? (
          <Button look="primary" onClick={onClose}>
            {t("secret.kept")}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
            <Button
              look="primary"
              busy={rotate.isPending}
              onClick={() => rotate.mutate({ subscriptionId, overlapSeconds: OVERLAPS[overlap] })}
            >
              {t("secret.rotate")}
            </Button>
          </>
        )
      }
    >
      {rotate.data ? (
        <ShownOnce text={rotate.data} label={t("secret.title")}>
          {t("secret.once")}
        </ShownOnce>
      ) : (
        <div className="flex flex-col gap-4">
          <Field label={t("secret.overlap")} help={t("secret.overlap_help")}>
            {(control) => (
              <Select
                {...control}
                value={overlap}
                onChange={setOverlap}
                options={(Object.keys(OVERLAPS) as Overlap[]).map((value) => ({
                  value,
                  label: t(`secret.overlaps.${value}`),
                }))}
              />
            )}
          </Field>
          {rotate.error && (
            <p role="alert" className="text-bad">
              <ProblemText error={rotate.error} />
            </p>
          )}
        </div>
      )}
    </Dialog>
  );
}
