/** Have a capability of a connection tried from now on. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type Connection, useConnections } from "@/hooks/connections";
import { type Provider, useProviders } from "@/hooks/providers";
import { type Tried, TRIED, useAddCheck, useSyntheticChecks } from "@/hooks/synthetic_checks";
import { formatDuration } from "@/lib/format";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { Empty, Loading, ProblemText } from "@/ui/states";
import { tellDone } from "@/ui/toast";

const INTERVALS = [60, 300, 900, 3600, 21_600, 86_400];

/** What can be tried of a connection and is not yet. Prices of a live connection are not: some carriers count the asking. */
export function triable(
  { id, provider_key, environment }: Pick<Connection, "id" | "provider_key" | "environment">,
  providers: readonly Pick<Provider, "key" | "capabilities">[],
  present: readonly { connection_id: string; capability: string }[],
): Tried[] {
  const offered = providers.find(({ key }) => key === provider_key)?.capabilities ?? [];
  return TRIED.filter(
    (capability) =>
      offered.includes(capability) &&
      !(capability === "quotes_rates" && environment === "live") &&
      !present.some((check) => check.connection_id === id && check.capability === capability),
  );
}

export function CheckDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["analytics", "common"]);
  const style = useStyle();
  const connections = useConnections(null);
  const providers = useProviders();
  const checks = useSyntheticChecks();
  const add = useAddCheck();
  const [connection, setConnection] = useState<string | null>(null);
  const [capability, setCapability] = useState<Tried | null>(null);
  const [interval, setInterval] = useState("900");
  const loaded = connections.data && providers.data && checks.data;
  const choices = loaded
    ? connections.data
        .map((each) => ({ ...each, tried: triable(each, providers.data, checks.data) }))
        .filter(({ tried }) => tried.length > 0)
    : [];
  const chosen = choices.find(({ id }) => id === connection) ?? choices[0];
  const what = chosen?.tried.find((each) => each === capability) ?? chosen?.tried[0];
  const save = () => {
    if (!chosen || !what) return;
    add.mutate(
      { connection_id: chosen.id, capability: what, interval_seconds: Number(interval) },
      {
        onSuccess: () => {
          tellDone(t("checks.added"));
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
      title={t("checks.add")}
      description={t("checks.form_text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button look="primary" busy={add.isPending} disabled={!what} onClick={save}>
            {t("checks.add")}
          </Button>
        </>
      }
    >
      {!loaded ? (
        <Loading />
      ) : !chosen || !what ? (
        <Empty title={t("checks.none_left")}>{t("checks.none_left_text")}</Empty>
      ) : (
        <div className="flex flex-col gap-4">
          <Field label={t("filter.connection")}>
            {(control) => (
              <Select
                {...control}
                value={chosen.id}
                onChange={setConnection}
                options={choices.map(({ id, name }) => ({ value: id, label: name }))}
              />
            )}
          </Field>
          <Field label={t("checks.what")}>
            {(control) => (
              <Select
                {...control}
                value={what}
                onChange={setCapability}
                options={chosen.tried.map((value) => ({ value, label: t(`tried.${value}`) }))}
              />
            )}
          </Field>
          <Field label={t("checks.interval")}>
            {(control) => (
              <Select
                {...control}
                value={interval}
                onChange={setInterval}
                options={INTERVALS.map((seconds) => ({
                  value: String(seconds),
                  label: formatDuration(seconds * 1000, style),
                }))}
              />
            )}
          </Field>
          {add.error && (
            <p role="alert" className="text-bad">
              <ProblemText error={add.error} />
            </p>
          )}
        </div>
      )}
    </Dialog>
  );
}
