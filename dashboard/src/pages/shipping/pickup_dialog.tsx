/** Sends for a carrier's driver: which carrier, where, when, for what. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { useSchedulePickup, useWaitingShipments, type WaitingShipment } from "@/hooks/handover";
import { type Carrier, useLocations } from "@/hooks/shipping";
import { instantOf } from "@/lib/period";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Checkbox, Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { ProblemText } from "@/ui/states";
import { tellDone } from "@/ui/toast";
import { parcelsOf, weightOf } from "./parcels";
import { nextWorkingHours } from "./pickup_times";
import { filledIn, partyOf, townOf } from "./places";
import { TextField } from "./text_field";

interface Props {
  /** Those that send drivers. */
  carriers: readonly Carrier[];
  onClose: () => void;
}

const FIELDS = ["ready_at", "closes_at", "parcels", "weight_kg", "location", "instructions"];

export function PickupDialog({ carriers, onClose }: Props) {
  const { t } = useTranslation(["shipping", "common"]);
  const { time_zone } = useOrganization();
  const { language } = useStyle();
  const locations = useLocations();
  const waiting = useWaitingShipments(null);
  const schedule = useSchedulePickup();
  const [draft, setDraft] = useState(() => ({
    connection: carriers[0]?.connection.id ?? "",
    place: "",
    ...nextWorkingHours(time_zone),
    parcels: "1",
    weight: "1",
    location: "",
    instructions: "",
    /** Shipments that are left where they are. */
    left: [] as string[],
  }));
  const [key, setKey] = useState(() => crypto.randomUUID());
  const set = (change: Partial<typeof draft>) => {
    setDraft((before) => ({ ...before, ...change }));
    setKey(crypto.randomUUID()); // Another pickup is another intent.
  };
  const forIt = (waiting.data ?? []).filter((each) => each.connection_id === draft.connection && !each.pickup_id);
  const chosen = forIt.filter(({ id }) => !draft.left.includes(id));
  const place = locations.data?.find(({ id }) => id === draft.place) ?? locations.data?.[0];
  const problem = schedule.error && asProblem(schedule.error);
  const errorOf = (field: string) => (problem?.field === field ? problem.message : undefined);
  // What is no time is sent as it is: the hub says what is wrong with it.
  const momentOf = (hour: string) => instantOf(`${draft.day}T${hour}`, time_zone) ?? `${draft.day}T${hour}`;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const done = await schedule
      .mutateAsync({
        connection_id: draft.connection,
        ready_at: momentOf(draft.from),
        closes_at: momentOf(draft.to),
        ...(place && { place: { ...filledIn(partyOf(place.address)) } }),
        ...(chosen.length > 0
          ? { shipment_ids: chosen.map(({ id }) => id) }
          : { parcels: Number(draft.parcels), weight_kg: Number(draft.weight) }),
        ...(draft.location.trim() && { location: draft.location.trim() }),
        ...(draft.instructions.trim() && { instructions: draft.instructions.trim() }),
        idempotency_key: key,
      })
      .catch((reason: unknown) => {
        if (!asProblem(reason).passing) setKey(crypto.randomUUID());
        return null; // Shown below.
      });
    if (!done) return;
    tellDone(t("pickups.scheduled"));
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("pickups.schedule")}
      description={t("pickups.dialog_text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button type="submit" form="pickup" look="primary" busy={schedule.isPending}>
            {t("pickups.schedule")}
          </Button>
        </>
      }
    >
      <form id="pickup" noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("columns.carrier")}>
            {(control) => (
              <Select
                {...control}
                className="w-full"
                value={draft.connection}
                onChange={(connection) => set({ connection, left: [] })}
                options={carriers.map(({ connection }) => ({ value: connection.id, label: connection.name }))}
              />
            )}
          </Field>
          <Field label={t("pickups.place")} error={errorOf("place")}>
            {(control) => (
              <Select
                {...control}
                className="w-full"
                value={place?.id ?? ""}
                onChange={(value) => set({ place: value })}
                options={(locations.data ?? []).map((each) => ({
                  value: each.id,
                  label: `${each.name} · ${townOf(partyOf(each.address), language)}`,
                }))}
              />
            )}
          </Field>
        </div>
        <div className="grid gap-4 sm:grid-cols-3">
          <TextField
            type="date"
            label={t("pickups.day")}
            value={draft.day}
            onChange={(day) => set({ day })}
            error={errorOf("ready_at")}
          />
          <TextField type="time" label={t("pickups.from")} value={draft.from} onChange={(from) => set({ from })} />
          <TextField
            type="time"
            label={t("pickups.to")}
            value={draft.to}
            onChange={(to) => set({ to })}
            error={errorOf("closes_at")}
          />
        </div>
        {forIt.length > 0 && <Waiting shipments={forIt} left={draft.left} onChange={(left) => set({ left })} />}
        {chosen.length === 0 && (
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField
              inputMode="numeric"
              label={t("pickups.parcels")}
              value={draft.parcels}
              onChange={(parcels) => set({ parcels })}
              error={errorOf("parcels")}
            />
            <TextField
              inputMode="decimal"
              label={t("pickups.weight")}
              value={draft.weight}
              onChange={(weight) => set({ weight })}
              error={errorOf("weight_kg")}
            />
          </div>
        )}
        <TextField
          optional
          label={t("pickups.location")}
          placeholder={t("pickups.location_example")}
          maxLength={80}
          value={draft.location}
          onChange={(location) => set({ location })}
          error={errorOf("location")}
        />
        <TextField
          optional
          label={t("facts.instructions")}
          maxLength={255}
          value={draft.instructions}
          onChange={(instructions) => set({ instructions })}
          error={errorOf("instructions")}
        />
        {problem && !FIELDS.includes(problem.field ?? "") && (
          <p role="alert" className="text-bad">
            <ProblemText error={problem} />
          </p>
        )}
      </form>
    </Dialog>
  );
}

interface WaitingProps {
  shipments: readonly WaitingShipment[];
  left: readonly string[];
  onChange: (left: string[]) => void;
}

function Waiting({ shipments, left, onChange }: WaitingProps) {
  const { t } = useTranslation("shipping");
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">{t("pickups.waiting", { count: shipments.length })}</legend>
      <div className="flex max-h-40 flex-col gap-1.5 overflow-y-auto rounded-box border border-line p-3">
        {shipments.map(({ id, reference, parcels }) => (
          <Checkbox
            key={id}
            label={
              <>
                <bdi>{reference}</bdi>{" "}
                <span className="text-[13px] text-muted">
                  {t("pickups.weighs", { weight: weightOf(parcelsOf(parcels)) })}
                </span>
              </>
            }
            checked={!left.includes(id)}
            onChange={(event) => onChange(event.target.checked ? left.filter((each) => each !== id) : [...left, id])}
          />
        ))}
      </div>
    </fieldset>
  );
}
