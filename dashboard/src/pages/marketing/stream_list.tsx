/** What is read of a tool: how far that has come, and when it is read again. */
import { RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useStyle } from "@/app/style";
import { isAtWork, type Stream, useRunSync } from "@/hooks/streams";
import { formatCount } from "@/lib/format";
import { Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Time } from "@/ui/time";
import { tellDone, tellProblem } from "@/ui/toast";
import { RowError } from "./parts";
import { useWords } from "./words";

interface Props {
  streams: readonly Stream[];
  /** Whether the connection is: others are not read. */
  active: boolean;
  onOpen: (id: string) => void;
}

export function StreamList({ streams, active, onOpen }: Props) {
  return (
    <ul className="divide-y divide-line">
      {streams.map((stream) => (
        <Line key={stream.id} stream={stream} active={active} onOpen={() => onOpen(stream.id)} />
      ))}
    </ul>
  );
}

function Line({ stream, active, onOpen }: { stream: Stream; active: boolean; onOpen: () => void }) {
  const { t } = useTranslation("marketing");
  const words = useWords("stream");
  const mayRun = useMay("developer");
  const run = useRunSync();
  const name = words[stream.stream] ?? stream.stream;
  const reason = !stream.enabled ? t("streams.off") : !active ? t("streams.inactive") : undefined;
  const read = () =>
    run.mutate(
      { connection_id: stream.connection_id, stream: stream.stream },
      { onSuccess: () => tellDone(t("streams.asked", { stream: name })), onError: tellProblem },
    );
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-2.5 md:grid-cols-[9rem_8rem_minmax(0,1fr)_auto]">
      <button
        type="button"
        className="text-start font-medium hover:text-accent-strong hover:underline"
        onClick={onOpen}
      >
        {name}
      </button>
      <span className="max-md:justify-self-end">
        <Status state={stream.enabled ? stream.status : "disabled"} />
      </span>
      <span className="min-w-0 text-[13px] text-muted max-md:col-span-2">
        {stream.last_error === null ? <Progress stream={stream} /> : <RowError error={stream.last_error} />}
      </span>
      {mayRun && (
        <Button
          size="small"
          className="max-md:col-span-2"
          busy={run.isPending}
          disabled={reason !== undefined || isAtWork(stream)}
          title={reason}
          aria-label={t("streams.read_stream", { stream: name })}
          onClick={read}
        >
          <RefreshCw className="size-3.5" aria-hidden />
          {t("streams.read")}
        </Button>
      )}
    </li>
  );
}

function Progress({ stream }: { stream: Stream }) {
  const { t } = useTranslation("marketing");
  const style = useStyle();
  const shown = (figure: number) => formatCount(figure, style);
  if (stream.status === "running") {
    return stream.total === null
      ? t("streams.reading", { read: shown(stream.read) })
      : t("streams.reading_of", { read: shown(stream.read), total: shown(stream.total) });
  }
  if (stream.last_finished_at === null) return t(stream.enabled ? "streams.never" : "streams.not_read");
  return (
    <>
      {t("streams.last_read")} <Time at={stream.last_finished_at} />
      {" · "}
      {t("streams.figures", {
        read: shown(stream.read),
        changed: shown(stream.changed),
        removed: shown(stream.removed),
      })}
    </>
  );
}
