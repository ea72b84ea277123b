/** One stream: how often it is read, and its last readings. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useStyle } from "@/app/style";
import type { Connection } from "@/hooks/connections";
import {
  isAtWork,
  type Stream,
  type SyncRun,
  useResetSync,
  useRunSync,
  useSetSync,
  useSyncRuns,
} from "@/hooks/streams";
import { formatCount, formatDuration } from "@/lib/format";
import { Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Drawer } from "@/ui/dialog";
import { Checkbox, Field, Input } from "@/ui/field";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { tellDone, tellProblem } from "@/ui/toast";
import { errorAt, Facts, FormTrouble, RowError } from "./parts";
import { useWords } from "./words";

interface Props {
  stream: Stream;
  connection: Connection | undefined;
  onClose: () => void;
}

export function StreamDrawer({ stream, connection, onClose }: Props) {
  const { t } = useTranslation(["marketing", "common"]);
  const words = useWords("stream");
  const mayRun = useMay("developer");
  const run = useRunSync();
  const reset = useResetSync();
  const [asking, setAsking] = useState(false);
  const name = words[stream.stream] ?? stream.stream;
  const which = { connection_id: stream.connection_id, stream: stream.stream };
  const ready = stream.enabled && connection?.status === "active" && !isAtWork(stream);
  const read = (full: boolean) =>
    run.mutate(
      { ...which, full },
      { onSuccess: () => tellDone(t("streams.asked", { stream: name })), onError: tellProblem },
    );
  return (
    <Drawer
      open
      onOpenChange={onClose}
      title={name}
      description={connection && <bdi>{connection.name}</bdi>}
      footer={
        mayRun && (
          <>
            <Button look="danger" onClick={() => setAsking(true)}>
              {t("streams.reset")}
            </Button>
            <Button disabled={!ready} busy={run.isPending} onClick={() => read(true)}>
              {t("streams.read_all")}
            </Button>
            <Button look="primary" disabled={!ready} busy={run.isPending} onClick={() => read(false)}>
              {t("streams.read")}
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-5">
        <Panel title={t("streams.state")} aside={<Status state={stream.enabled ? stream.status : "disabled"} />}>
          <Facts
            rows={[
              [t("streams.next"), stream.enabled && <Time at={stream.next_run_at} />],
              [t("streams.next_full"), stream.next_full_at && <Time at={stream.next_full_at} />],
              [t("streams.since"), stream.since && <Time at={stream.since} />],
              [t("streams.error"), stream.last_error !== null && <RowError error={stream.last_error} />],
            ]}
          />
        </Panel>
        {mayRun && <Schedule key={stream.id} stream={stream} />}
        <Runs streamId={stream.id} />
      </div>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("streams.reset_title", { stream: name })}
        action={t("streams.reset")}
        onConfirm={() => reset.mutateAsync(which)}
      >
        {t("streams.reset_text")}
      </Confirm>
    </Drawer>
  );
}

function Schedule({ stream }: { stream: Stream }) {
  const { t } = useTranslation(["marketing", "common"]);
  const set = useSetSync();
  const [enabled, setEnabled] = useState(stream.enabled);
  const [minutes, setMinutes] = useState(String(stream.every_minutes));
  const [hours, setHours] = useState(String(stream.full_every_hours ?? 0));
  const save = () =>
    set.mutate(
      {
        connection_id: stream.connection_id,
        stream: stream.stream,
        enabled,
        every_minutes: Number(minutes),
        full_every_hours: Number(hours),
      },
      { onSuccess: () => tellDone(t("streams.saved")) },
    );
  return (
    <Panel title={t("streams.schedule")}>
      <form
        noValidate
        className="flex flex-col gap-4 px-4 py-3"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Checkbox
          label={t("streams.enabled")}
          checked={enabled}
          onChange={(event) => setEnabled(event.target.checked)}
        />
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          <Field label={t("streams.every_minutes")} error={errorAt(set.error, "every_minutes")}>
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                dir="ltr"
                value={minutes}
                onChange={(event) => setMinutes(event.target.value)}
              />
            )}
          </Field>
          <Field
            label={t("streams.full_every_hours")}
            help={t("streams.full_help")}
            error={errorAt(set.error, "full_every_hours")}
          >
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                dir="ltr"
                value={hours}
                onChange={(event) => setHours(event.target.value)}
              />
            )}
          </Field>
        </div>
        <FormTrouble error={set.error} fields={["every_minutes", "full_every_hours"]} />
        <div>
          <Button type="submit" size="small" busy={set.isPending}>
            {t("common:actions.save")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function Runs({ streamId }: { streamId: string }) {
  const { t } = useTranslation("marketing");
  return (
    <Panel title={t("streams.runs")}>
      <Result query={useSyncRuns(streamId)} empty={<Empty title={t("streams.no_runs")} />}>
        {(runs) => (
          <ul className="divide-y divide-line">
            {runs.map((run) => (
              <Run key={run.id} run={run} />
            ))}
          </ul>
        )}
      </Result>
    </Panel>
  );
}

function Run({ run }: { run: SyncRun }) {
  const { t } = useTranslation("marketing");
  const style = useStyle();
  const took = run.finished_at === null ? null : Date.parse(run.finished_at) - Date.parse(run.started_at);
  const figures = { read: run.read, changed: run.changed, removed: run.removed };
  const shown = Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, formatCount(figure, style)]));
  return (
    <li className="flex flex-col gap-0.5 px-4 py-2">
      <span className="flex flex-wrap items-center justify-between gap-2">
        <span className="flex items-center gap-2">
          <Status state={run.status} />
          {t(`streams.mode.${run.mode}`)}
        </span>
        <span className="text-[13px] text-muted">
          <Time at={run.started_at} />
          {took !== null && ` · ${formatDuration(took, style)}`}
        </span>
      </span>
      <span className="text-[13px] text-muted">
        {t("streams.figures", shown as { read: string; changed: string; removed: string })}
      </span>
      <RowError error={run.error} />
    </li>
  );
}
