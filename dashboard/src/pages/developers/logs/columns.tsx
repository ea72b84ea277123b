/** What the list of calls shows of each. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import type { LogLine } from "@/hooks/logs";
import { formatDuration } from "@/lib/format";
import type { Column } from "@/ui/table";
import { Time } from "@/ui/time";
import { MethodBadge } from "../reference/method_badge";
import { Outcome } from "./outcome";

/** `names`: of connections, by id. */
export function useLogColumns(names: ReadonlyMap<string, string>): readonly Column<LogLine>[] {
  const { t } = useTranslation("developers");
  const style = useStyle();
  return useMemo(
    (): Column<LogLine>[] => [
      { id: "at", header: t("logs.at"), cell: (line) => <Time at={line.occurred_at} absolute="seconds" /> },
      { id: "status", header: t("logs.status"), cell: (line) => <Outcome line={line} /> },
      {
        id: "operation",
        header: t("logs.operation"),
        cell: (line) => (
          <code dir="ltr" className="font-mono text-[13px]">
            {line.operation}
          </code>
        ),
      },
      {
        id: "request",
        header: t("logs.request"),
        wideOnly: true,
        cell: (line) => (
          <span dir="ltr" className="flex max-w-96 items-center gap-1" title={line.url}>
            <MethodBadge method={line.method} />
            <code className="truncate font-mono text-xs text-muted">{pathOf(line.url)}</code>
          </span>
        ),
      },
      {
        id: "connection",
        header: t("logs.connection"),
        wideOnly: true,
        cell: (line) => (
          <bdi className="block max-w-48 truncate">{names.get(line.connection_id) ?? line.provider_key}</bdi>
        ),
      },
      {
        id: "attempt",
        header: t("logs.attempt"),
        end: true,
        wideOnly: true,
        cell: (line) => line.attempt,
      },
      {
        id: "duration",
        header: t("logs.duration"),
        end: true,
        wideOnly: true,
        cell: (line) => formatDuration(line.duration_ms, style),
      },
    ],
    [names, style, t],
  );
}

/** An address without its host; as it is where it is none. */
function pathOf(url: string): string {
  return URL.canParse(url) ? url.slice(new URL(url).origin.length) : url;
}
