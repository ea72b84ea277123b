/** Says what has happened to a parcel whose carrier tells nothing, such as an own rider's. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRecordEvent } from "@/hooks/shipment_actions";
import type { Shipment, ShipmentStatus } from "@/hooks/shipments";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import { ProblemText } from "@/ui/states";
import { tellDone } from "@/ui/toast";
import { useWords } from "./words";

const RECORDABLE = ["picked_up", "in_transit", "out_for_delivery", "delivered", "exception", "returned"] as const;
/** What may be said of each; docs/shipping.md. */
const DETAILS: Partial<Record<ShipmentStatus, readonly string[]>> = {
  exception: [
    "attempt_failed",
    "address_problem",
    "refused",
    "delayed",
    "on_hold",
    "customs_hold",
    "pickup_failed",
    "damaged",
    "lost",
  ],
  in_transit: ["awaiting_collection", "customs_hold", "return_in_progress"],
  delivered: ["partial"],
};
const FIELDS = ["status", "detail", "place", "description"];

export function EventDialog({ shipment, onClose }: { shipment: Shipment; onClose: () => void }) {
  const { t } = useTranslation(["shipping", "common"]);
  const detailWord = useWords("detail");
  const record = useRecordEvent();
  const [status, setStatus] = useState<(typeof RECORDABLE)[number]>("picked_up");
  const [detail, setDetail] = useState("");
  const [place, setPlace] = useState("");
  const [description, setDescription] = useState("");
  const words = t("common:status", { returnObjects: true }) as Record<string, string>;
  const details = DETAILS[status] ?? [];
  const problem = record.error && asProblem(record.error);
  const errorOf = (field: string) => (problem?.field === field ? problem.message : undefined);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const done = await record
      .mutateAsync({
        shipment_id: shipment.id,
        status,
        ...(details.includes(detail) && { detail }),
        ...(place.trim() && { place: place.trim() }),
        ...(description.trim() && { description: description.trim() }),
      })
      .catch(() => null); // Shown below.
    if (!done) return;
    tellDone(t("event.done"));
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("event.title")}
      description={t("event.text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button type="submit" form="event" look="primary" busy={record.isPending}>
            {t("event.action")}
          </Button>
        </>
      }
    >
      <form id="event" noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("event.status")} error={errorOf("status")}>
            {(control) => (
              <Select
                {...control}
                className="w-full"
                value={status}
                onChange={setStatus}
                options={RECORDABLE.map((value) => ({ value, label: words[value] ?? value }))}
              />
            )}
          </Field>
          {details.length > 0 && (
            <Field label={t("event.detail")} optional error={errorOf("detail")}>
              {(control) => (
                <Select
                  {...control}
                  className="w-full"
                  value={details.includes(detail) ? detail : ""}
                  onChange={setDetail}
                  options={[
                    { value: "", label: "–" },
                    ...details.map((value) => ({ value, label: detailWord(value) })),
                  ]}
                />
              )}
            </Field>
          )}
        </div>
        <Field label={t("event.place")} optional help={t("event.place_help")} error={errorOf("place")}>
          {(control) => (
            <Input {...control} maxLength={255} value={place} onChange={(event) => setPlace(event.target.value)} />
          )}
        </Field>
        <Field label={t("event.description")} optional error={errorOf("description")}>
          {(control) => (
            <TextArea
              {...control}
              maxLength={500}
              value={description}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
        {problem && !FIELDS.includes(problem.field ?? "") && (
          <p role="alert" className="text-bad">
            <ProblemText error={problem} />
          </p>
        )}
      </form>
    </Dialog>
  );
}
