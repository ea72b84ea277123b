/** Legal holds: while one stands, nothing of its class is erased, whoever asks. */
import { type SubmitEvent, useState } from "react";
import { Gavel, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useNow } from "@/app/style";
import { type LegalHold, stands, useHold, useLegalHolds, useLiftHold, useRetentionPlan } from "@/hooks/retention";
import { spanOfDay } from "@/lib/period";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Dialog } from "@/ui/dialog";
import { Field, Input, TextArea } from "@/ui/field";
import { Panel } from "@/ui/panel";
import { Select } from "@/ui/select";
import { Empty, Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { tellDone } from "@/ui/toast";
import { FormProblem } from "../parts";
import { useClassName } from "./class_name";

export function Holds() {
  const { t } = useTranslation("settings");
  const mayEdit = useMay("admin");
  const holds = useLegalHolds();
  const nameOf = useClassName();
  const lift = useLiftHold();
  const [adding, setAdding] = useState(false);
  const [lifting, setLifting] = useState<LegalHold | null>(null);
  return (
    <Panel
      title={t("holds.title")}
      aside={
        mayEdit && (
          <Button size="small" onClick={() => setAdding(true)}>
            <Plus className="size-4" aria-hidden />
            {t("holds.add")}
          </Button>
        )
      }
    >
      <Result
        query={holds}
        empty={
          <Empty icon={Gavel} title={t("holds.empty")}>
            {t("holds.empty_text")}
          </Empty>
        }
      >
        {(list) => (
          <ul className="divide-y divide-line">
            {list.map((hold) => (
              <Line key={hold.id} hold={hold} onLift={mayEdit ? () => setLifting(hold) : undefined} />
            ))}
          </ul>
        )}
      </Result>
      {adding && <AddHold onClose={() => setAdding(false)} />}
      {lifting && (
        <Confirm
          open
          onOpenChange={() => setLifting(null)}
          title={t("holds.lift_title", { name: nameOf(lifting.data_class) })}
          action={t("holds.lift")}
          onConfirm={async () => {
            await lift.mutateAsync(lifting.id);
            tellDone(t("holds.lifted"));
          }}
        >
          {t("holds.lift_text")}
        </Confirm>
      )}
    </Panel>
  );
}

function Line({ hold, onLift }: { hold: LegalHold; onLift: (() => void) | undefined }) {
  const { t } = useTranslation("settings");
  const now = useNow();
  const nameOf = useClassName();
  return (
    <li className="flex flex-wrap items-start justify-between gap-3 px-4 py-3">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{nameOf(hold.data_class)}</span>
          <Badge tone={stands(hold, now) ? "warn" : "neutral"}>
            {stands(hold, now) ? t("holds.stands") : t("holds.over")}
          </Badge>
        </p>
        <p className="max-w-prose break-words">
          <bdi>{hold.reason}</bdi>
        </p>
        <p className="text-[13px] text-muted">
          {t("holds.since")} <Time at={hold.created_at} /> ·{" "}
          {hold.ends_at === null ? (
            t("holds.endless")
          ) : (
            <>
              {t("holds.ends")} <Time at={hold.ends_at} absolute />
            </>
          )}
        </p>
      </div>
      {onLift && (
        <Button size="small" onClick={onLift}>
          {stands(hold, now) ? t("holds.lift") : t("holds.remove")}
        </Button>
      )}
    </li>
  );
}

function AddHold({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const { time_zone } = useOrganization();
  const nameOf = useClassName();
  const plan = useRetentionPlan();
  const hold = useHold();
  const [dataClass, setDataClass] = useState("contacts");
  const [reason, setReason] = useState("");
  const [ends, setEnds] = useState("");
  const [missing, setMissing] = useState(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setMissing(reason.trim() === "");
    if (reason.trim() === "") return;
    hold.mutate(
      {
        data_class: dataClass,
        reason: reason.trim(),
        // The day that is named is held still.
        ends_at: ends === "" ? null : spanOfDay(ends, time_zone).until,
      },
      {
        onSuccess: () => {
          tellDone(t("holds.added"));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("holds.add")}
      description={t("holds.add_text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button type="submit" form="hold" look="primary" busy={hold.isPending}>
            {t("holds.add_action")}
          </Button>
        </>
      }
    >
      <form id="hold" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t("holds.class")}>
          {(control) => (
            <Select
              {...control}
              value={dataClass}
              onChange={setDataClass}
              options={(plan.data ?? []).map(({ data_class, title }) => ({
                value: data_class,
                label: nameOf(data_class, title),
              }))}
            />
          )}
        </Field>
        <Field
          label={t("holds.reason")}
          error={missing && reason.trim() === "" ? t("common:form.required") : undefined}
        >
          {(control) => (
            <TextArea
              {...control}
              dir="auto"
              maxLength={500}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
          )}
        </Field>
        <Field label={t("holds.until")} help={t("holds.until_help")} optional>
          {(control) => (
            <Input {...control} type="date" value={ends} onChange={({ target }) => setEnds(target.value)} />
          )}
        </Field>
        <FormProblem error={hold.error} />
      </form>
    </Dialog>
  );
}
