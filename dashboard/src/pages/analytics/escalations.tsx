/** Whom to tell of what nobody has acknowledged in time. */
import { useState } from "react";
import { Link } from "@tanstack/react-router";
import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { useAddEscalation, useChannelNames, useEscalations, useRemoveEscalation } from "@/hooks/alert_rules";
import { SEVERITIES, type Severity } from "@/hooks/alerts";
import { formatDuration } from "@/lib/format";
import { Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Panel } from "@/ui/panel";
import { Select } from "@/ui/select";
import { Empty, ProblemText, Result } from "@/ui/states";
import { tellProblem } from "@/ui/toast";

const MINUTE_MS = 60_000;

export function Escalations() {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  const mayEdit = useMay("admin");
  const escalations = useEscalations();
  const remove = useRemoveEscalation();
  const [adding, setAdding] = useState(false);
  const add = mayEdit && (
    <Button size="small" onClick={() => setAdding(true)}>
      <Plus className="size-4" aria-hidden />
      {t("escalations.add")}
    </Button>
  );
  return (
    <Panel title={t("escalations.title")} aside={add}>
      <Result query={escalations} empty={<Empty title={t("escalations.empty")}>{t("escalations.empty_text")}</Empty>}>
        {(list) => (
          <ul className="divide-y divide-line">
            {list.map((each) => (
              <li key={each.id} className="flex items-center justify-between gap-3 px-4 py-2.5">
                <span className="min-w-0">
                  <span className="block">
                    {t("escalations.sentence", {
                      time: formatDuration(each.after_minutes * MINUTE_MS, style),
                      channel: each.channel.name,
                    })}
                  </span>
                  <span className="flex items-center gap-2 text-[13px] text-muted">
                    {t("escalations.from")} <Status state={each.minimum_severity} />
                  </span>
                </span>
                {mayEdit && (
                  <Button
                    look="quiet"
                    size="icon"
                    aria-label={t("escalations.remove", { channel: each.channel.name })}
                    onClick={() => remove.mutate(each.id, { onError: tellProblem })}
                  >
                    <Trash2 className="size-4" aria-hidden />
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Result>
      {adding && <AddEscalation onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function AddEscalation({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["analytics", "common"]);
  const { slug } = useOrganization();
  const channels = useChannelNames();
  const add = useAddEscalation();
  const [channel, setChannel] = useState("");
  const [minutes, setMinutes] = useState("15");
  const [severity, setSeverity] = useState<Severity>("critical");
  const chosen = channel || (channels.data?.[0]?.id ?? "");
  const save = () =>
    add.mutate(
      { channel_id: chosen, after_minutes: Number(minutes), minimum_severity: severity },
      { onSuccess: onClose },
    );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="small"
      title={t("escalations.add")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button look="primary" busy={add.isPending} disabled={chosen === ""} onClick={save}>
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Result query={channels}>
          {(list) => (
            <Field label={t("escalations.channel")}>
              {(control) => (
                <Select
                  {...control}
                  value={chosen}
                  onChange={setChannel}
                  options={list.map(({ id, name }) => ({ value: id, label: name }))}
                />
              )}
            </Field>
          )}
        </Result>
        <Link
          to="/o/$slug/settings"
          params={{ slug }}
          search={{ tab: "alerts" }}
          className="text-[13px] text-accent-strong hover:underline"
        >
          {t("alerts.channels")}
        </Link>
        <Field label={t("escalations.after")}>
          {(control) => (
            <Input
              {...control}
              type="number"
              min={1}
              max={10_080}
              value={minutes}
              onChange={({ target }) => setMinutes(target.value)}
            />
          )}
        </Field>
        <Field label={t("escalations.from")}>
          {(control) => (
            <Select
              {...control}
              value={severity}
              onChange={setSeverity}
              options={SEVERITIES.map((value) => ({ value, label: t(`common:status.${value}`) }))}
            />
          )}
        </Field>
        {add.error && (
          <p role="alert" className="text-bad">
            <ProblemText error={add.error} />
          </p>
        )}
      </div>
    </Dialog>
  );
}
