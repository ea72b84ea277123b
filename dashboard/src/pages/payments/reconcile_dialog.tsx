/** Compare a gateway's payments with ours now, over the last days. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useEnvironment } from "@/app/organization_route";
import { useGateways } from "@/hooks/gateways";
import { useReconcile } from "@/hooks/settlement";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { tellDone } from "@/ui/toast";
import { DialogProblem } from "./dialog_problem";

const DAYS = [1, 3, 7, 30, 90, 365] as const;
const DAY_MS = 86_400_000;
/** A year is the most; a minute less than that is certainly within it. */
const MARGIN_MS = 60_000;

export function ReconcileDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["payments", "common"]);
  const environment = useEnvironment();
  const active = (useGateways().data ?? []).filter(
    (each) => each.status === "active" && (!environment || each.environment === environment),
  );
  const [chosen, setChosen] = useState("");
  const [days, setDays] = useState("3");
  // One comparison for each choice, however often the button is pressed; its span does not move with the clock.
  const [intent, setIntent] = useState(newIntent);
  const reconcile = useReconcile();
  const connection = chosen || active[0]?.id;
  const send = () => {
    if (!connection) return;
    const since = new Date(intent.at - Number(days) * DAY_MS + MARGIN_MS).toISOString();
    reconcile.mutate(
      { connection_id: connection, since, idempotency_key: intent.key },
      {
        onSuccess: () => {
          tellDone(t("reconcile.begun"));
          onClose();
        },
        onError: (reason) => !asProblem(reason).passing && setIntent(newIntent()),
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="small"
      title={t("reconcile.run")}
      description={t("reconcile.run_text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button look="primary" busy={reconcile.isPending} disabled={!connection} onClick={send}>
            {t("reconcile.run")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label={t("column.gateway")}>
          {(control) => (
            <Select
              {...control}
              value={connection ?? ""}
              onChange={(next) => {
                setChosen(next);
                setIntent(newIntent());
              }}
              options={active.map(({ id, name }) => ({ value: id, label: name }))}
            />
          )}
        </Field>
        <Field label={t("reconcile.days_label")}>
          {(control) => (
            <Select
              {...control}
              value={days}
              onChange={(next) => {
                setDays(next);
                setIntent(newIntent());
              }}
              options={DAYS.map((count) => ({ value: String(count), label: t("reconcile.days", { count }) }))}
            />
          )}
        </Field>
        <DialogProblem error={reconcile.error} />
      </div>
    </Dialog>
  );
}

function newIntent() {
  return { key: crypto.randomUUID(), at: Date.now() };
}
