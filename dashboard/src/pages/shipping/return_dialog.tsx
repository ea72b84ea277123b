/** Buys a label that brings the goods back from their recipient. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useReturnShipment } from "@/hooks/shipment_actions";
import type { Shipment } from "@/hooks/shipments";
import { useCarriers } from "@/hooks/shipping";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { ProblemText } from "@/ui/states";
import { tellDone } from "@/ui/toast";
import { shippingRoute } from "./route";

export function ReturnDialog({ shipment, onClose }: { shipment: Shipment; onClose: () => void }) {
  const { t } = useTranslation(["shipping", "common"]);
  const navigate = shippingRoute.useNavigate();
  const carriers = useCarriers(shipment.environment);
  const send = useReturnShipment();
  const able = (carriers.data ?? []).filter(({ can }) => can("makes_returns"));
  const own = able.find(({ connection }) => connection.id === shipment.connection_id) ?? able[0];
  const [chosen, setChosen] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const [key, setKey] = useState(() => crypto.randomUUID());
  const connection = chosen ?? own?.connection.id;
  // Another question is another intent.
  const changed =
    <V,>(set: (value: V) => void) =>
    (value: V) => {
      set(value);
      setKey(crypto.randomUUID());
    };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!connection) return;
    const back = await send
      .mutateAsync({
        shipment_id: shipment.id,
        connection_id: connection,
        ...(reason.trim() && { reason: reason.trim() }),
        idempotency_key: key,
      })
      .catch((reason: unknown) => {
        // Where it is not known how it ended, the same call is repeated; what was refused is another intent next time.
        if (!asProblem(reason).passing) setKey(crypto.randomUUID());
        return null; // Shown below.
      });
    if (!back) return;
    tellDone(t("return.done"));
    onClose();
    void navigate({ search: (before) => ({ ...before, shipment: back.id }) });
  };
  const problem = send.error && asProblem(send.error);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("return.title")}
      description={t("return.text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button type="submit" form="return" look="primary" busy={send.isPending} disabled={!connection}>
            {t("return.action")}
          </Button>
        </>
      }
    >
      <form id="return" noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <Field label={t("return.carrier")} error={connection ? undefined : t("return.no_carrier")}>
          {(control) => (
            <Select
              {...control}
              className="w-full"
              value={connection ?? ""}
              onChange={changed(setChosen)}
              options={able.map((each) => ({ value: each.connection.id, label: each.connection.name }))}
            />
          )}
        </Field>
        <Field label={t("return.reason")} optional error={problem?.field === "reason" ? problem.message : undefined}>
          {(control) => (
            <Input
              {...control}
              maxLength={200}
              value={reason}
              onChange={(event) => changed(setReason)(event.target.value)}
            />
          )}
        </Field>
        {problem && problem.field !== "reason" && (
          <p role="alert" className="text-bad">
            <ProblemText error={problem} />
          </p>
        )}
      </form>
    </Dialog>
  );
}
