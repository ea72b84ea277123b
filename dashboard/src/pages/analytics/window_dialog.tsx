/** The form of a maintenance window: once, or every week. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { useConnections } from "@/hooks/connections";
import { useCreateWindow } from "@/hooks/maintenance";
import { formatWeekdayNumber } from "@/lib/format";
import { dateIn } from "@/lib/figure_period";
import { instantOf } from "@/lib/period";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Checkbox, Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { ProblemText } from "@/ui/states";
import { tellDone } from "@/ui/toast";

const DAYS = [1, 2, 3, 4, 5, 6, 7];

export function WindowDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["analytics", "common"]);
  const { time_zone } = useOrganization();
  const create = useCreateWindow();
  const connections = useConnections(null).data ?? [];
  const [weekly, setWeekly] = useState(false);
  const [name, setName] = useState("");
  const [connection, setConnection] = useState("");
  const [from, setFrom] = useState(() => `${dateIn(time_zone, new Date())}T23:00`);
  const [to, setTo] = useState(() => `${dateIn(time_zone, new Date())}T23:59`);
  const [days, setDays] = useState<number[]>([7]);
  const [time, setTime] = useState("02:00");
  const [minutes, setMinutes] = useState("60");
  const problem = create.error ? asProblem(create.error) : null;
  const [nameMissing, setNameMissing] = useState(false);
  const errorOf = (field: string) => (problem?.field === field ? problem.message : undefined);
  const shown = ["starts_at", "ends_at", "weekdays", "start_time", "duration_minutes"];
  const save = () => {
    setNameMissing(name.trim() === "");
    if (name.trim() === "") return;
    const once = { weekdays: null, start_time: null, duration_minutes: null };
    create.mutate(
      {
        name: name.trim(),
        connection_id: connection || null,
        ...(weekly
          ? { starts_at: null, ends_at: null, weekdays: days, start_time: time, duration_minutes: Number(minutes) }
          : {
              ...once,
              starts_at: instantOf(from, time_zone),
              ends_at: instantOf(to, time_zone),
            }),
      },
      {
        onSuccess: () => {
          tellDone(t("maintenance.added"));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("maintenance.add")}
      description={t("maintenance.form_text", { zone: time_zone })}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button
            look="primary"
            busy={create.isPending}
            disabled={!weekly && (from === "" || to === "")}
            onClick={save}
          >
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label={t("rules.field.name")} error={nameMissing ? t("common:form.required") : errorOf("name")}>
          {(control) => <Input {...control} value={name} onChange={({ target }) => setName(target.value)} />}
        </Field>
        <Field label={t("filter.connection")}>
          {(control) => (
            <Select
              {...control}
              value={connection}
              onChange={setConnection}
              options={[
                { value: "", label: t("scope.all") },
                ...connections.map((each) => ({ value: each.id, label: each.name })),
              ]}
            />
          )}
        </Field>
        <Field label={t("maintenance.how_often")}>
          {(control) => (
            <Select
              {...control}
              value={weekly ? "weekly" : "once"}
              onChange={(value) => setWeekly(value === "weekly")}
              options={[
                { value: "once", label: t("maintenance.is_once") },
                { value: "weekly", label: t("maintenance.is_weekly") },
              ]}
            />
          )}
        </Field>
        {weekly ? (
          <Weekly {...{ days, setDays, time, setTime, minutes, setMinutes, errorOf }} />
        ) : (
          <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
            <Field label={t("filter.from")} error={errorOf("starts_at")}>
              {(control) => (
                <Input
                  {...control}
                  type="datetime-local"
                  value={from}
                  onChange={({ target }) => setFrom(target.value)}
                />
              )}
            </Field>
            <Field label={t("filter.to")} error={errorOf("ends_at")}>
              {(control) => (
                <Input {...control} type="datetime-local" value={to} onChange={({ target }) => setTo(target.value)} />
              )}
            </Field>
          </div>
        )}
        {problem && !shown.includes(problem.field ?? "") && (
          <p role="alert" className="text-bad">
            {t(`common:problem.${problem.kind}`)} <ProblemText error={problem} />
          </p>
        )}
      </div>
    </Dialog>
  );
}

interface WeeklyProps {
  days: number[];
  setDays: (days: number[]) => void;
  time: string;
  setTime: (time: string) => void;
  minutes: string;
  setMinutes: (minutes: string) => void;
  errorOf: (field: string) => string | undefined;
}

function Weekly({ days, setDays, time, setTime, minutes, setMinutes, errorOf }: WeeklyProps) {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  const error = errorOf("weekdays") ?? (days.length === 0 ? t("maintenance.choose_day") : undefined);
  return (
    <>
      <fieldset>
        <legend className="mb-1.5 font-medium">{t("maintenance.days")}</legend>
        <div className="flex flex-wrap gap-x-4 gap-y-2">
          {DAYS.map((day) => (
            <Checkbox
              key={day}
              label={formatWeekdayNumber(day, style)}
              checked={days.includes(day)}
              onChange={({ target }) =>
                setDays(target.checked ? [...days, day].sort() : days.filter((each) => each !== day))
              }
            />
          ))}
        </div>
        {error && (
          <p role="alert" className="mt-1 text-[13px] text-bad">
            {error}
          </p>
        )}
      </fieldset>
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <Field label={t("maintenance.starts")} error={errorOf("start_time")}>
          {(control) => (
            <Input {...control} type="time" value={time} onChange={({ target }) => setTime(target.value)} />
          )}
        </Field>
        <Field label={t("maintenance.minutes")} error={errorOf("duration_minutes")}>
          {(control) => (
            <Input
              {...control}
              type="number"
              min={5}
              max={1440}
              value={minutes}
              onChange={({ target }) => setMinutes(target.value)}
            />
          )}
        </Field>
      </div>
    </>
  );
}
