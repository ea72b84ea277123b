/** Set the rate of one connection, or go back to what its provider's connections begin with. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type RateLimit, useSetRateLimit, useUsualLimits } from "@/hooks/limits";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { tellDone } from "@/ui/toast";
import { FormProblem } from "../parts";

const MOST = 1_000_000;

export function RateDialog({ limit, onClose }: { limit: RateLimit; onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const save = useSetRateLimit();
  const usual = useUsualLimits().data?.get(limit.connection.provider_key)?.[limit.connection.environment];
  const [rate, setRate] = useState(String(limit.refill_per_second));
  const [burst, setBurst] = useState(String(limit.capacity));
  const [tried, setTried] = useState(false);
  const rateFits = Number(rate) > 0 && Number(rate) <= MOST;
  const burstFits = Number(burst) >= 1 && Number(burst) <= MOST;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (!rateFits || !burstFits) return;
    save.mutate(
      { connection_id: limit.connection_id, refill_per_second: Number(rate), capacity: Number(burst) },
      {
        onSuccess: () => {
          tellDone(t("rates.saved", { name: limit.connection.name }));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="small"
      title={t("rates.edit")}
      description={<bdi>{limit.connection.name}</bdi>}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button type="submit" form="rate" look="primary" busy={save.isPending}>
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <form id="rate" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label={t("rates.rate_field")}
          help={t("rates.rate_help")}
          error={tried && !rateFits ? t("rates.rate_wrong") : undefined}
        >
          {(control) => (
            <Input
              {...control}
              type="number"
              step="any"
              min={0}
              max={MOST}
              value={rate}
              onChange={({ target }) => setRate(target.value)}
            />
          )}
        </Field>
        <Field
          label={t("rates.burst")}
          help={t("rates.burst_help")}
          error={tried && !burstFits ? t("rates.burst_wrong") : undefined}
        >
          {(control) => (
            <Input
              {...control}
              type="number"
              min={1}
              max={MOST}
              value={burst}
              onChange={({ target }) => setBurst(target.value)}
            />
          )}
        </Field>
        {usual && (
          <Button
            size="small"
            className="self-start"
            onClick={() => {
              setRate(String(usual.refill_per_second));
              setBurst(String(usual.capacity));
            }}
          >
            {t("rates.usual", { rate: usual.refill_per_second, burst: usual.capacity })}
          </Button>
        )}
        <FormProblem error={save.error} />
      </form>
    </Dialog>
  );
}
