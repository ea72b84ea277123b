/** One call: what was sent and answered, redacted before it was stored, and what it belongs to. */
import { Fact, Facts as FactList } from "@/ui/facts";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type Log, useLog, useTraceOf } from "@/hooks/logs";
import { formatCount, formatDuration } from "@/lib/format";
import { Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { CopyButton, Id } from "@/ui/copy_button";
import { Drawer } from "@/ui/dialog";
import { Json } from "@/ui/json";
import { Empty, Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { Code } from "../reference/code";
import { MethodBadge } from "../reference/method_badge";
import { redacted } from "../reference/redact";
import { Outcome } from "./outcome";

interface Props {
  logId: string;
  connectionName: (id: string) => string | undefined;
  onClose: () => void;
  /** Show all calls of a trace. */
  onTrace: (traceId: string) => void;
}

export function LogDrawer({ logId, connectionName, onClose, onTrace }: Props) {
  const { t } = useTranslation("developers");
  const log = useLog(logId);
  return (
    <Drawer open onOpenChange={onClose} size="large" title={log.data?.operation ?? t("logs.call")}>
      <Result query={{ ...log, data: log.data === undefined ? undefined : { log: log.data } }} lines={10}>
        {({ log: found }) =>
          found === null ? (
            <Empty title={t("logs.gone")}>{t("logs.gone_text")}</Empty>
          ) : (
            <div className="flex flex-col gap-6">
              <Facts log={found} connection={connectionName(found.connection_id)} />
              <Trace log={found} onTrace={onTrace} />
              <Side
                title={t("logs.sent")}
                headers={found.request_headers}
                body={found.request_body}
                bytes={found.request_bytes}
              />
              <Side
                title={t("logs.answered")}
                headers={found.response_headers}
                body={found.response_body}
                bytes={found.response_bytes}
              />
            </div>
          )
        }
      </Result>
    </Drawer>
  );
}

function Facts({ log, connection }: { log: Log; connection: string | undefined }) {
  const { t } = useTranslation("developers");
  const style = useStyle();
  return (
    <section className="flex flex-col gap-3">
      <p dir="ltr" className="flex items-start gap-1 rounded-box bg-sunken p-2">
        <MethodBadge method={log.method} />
        <code className="min-w-0 grow font-mono text-xs break-all">{log.url}</code>
        <CopyButton text={log.url} />
      </p>
      <FactList>
        <Fact name={t("logs.status")}>
          <Outcome line={log} />
        </Fact>
        {log.error_code !== null && (
          <Fact name={t("logs.error")}>
            <code dir="ltr" className="font-mono text-[13px] text-bad">
              {log.error_code}
            </code>
          </Fact>
        )}
        <Fact name={t("logs.at")}>
          <Time at={log.occurred_at} absolute="seconds" />
        </Fact>
        <Fact name={t("logs.duration")}>{formatDuration(log.duration_ms, style)}</Fact>
        <Fact name={t("logs.attempt")}>{formatCount(log.attempt, style)}</Fact>
        <Fact name={t("logs.connection")}>
          <bdi>{connection ?? log.provider_key}</bdi>
        </Fact>
        {log.provider_request_id !== null && (
          <Fact name={t("logs.request_id")}>
            <span dir="ltr" className="inline-flex items-center gap-1">
              <code className="font-mono text-xs break-all">{log.provider_request_id}</code>
              <CopyButton text={log.provider_request_id} />
            </span>
          </Fact>
        )}
      </FactList>
    </section>
  );
}

function Trace({ log, onTrace }: { log: Log; onTrace: (traceId: string) => void }) {
  const { t } = useTranslation("developers");
  const { trace_id: traceId } = log;
  const around = useTraceOf(log);
  if (traceId === null && log.operation_id === null) return null;
  return (
    <section className="rounded-box border border-line p-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-medium">{t("logs.trace")}</h3>
        {traceId !== null && (
          <span className="flex items-center gap-2">
            <Id value={traceId} />
            <Button size="small" onClick={() => onTrace(traceId)}>
              {t("logs.all_of_trace")}
            </Button>
          </span>
        )}
      </div>
      <Result query={around} lines={2}>
        {({ operation, events }) => (
          <ul className="mt-2 flex flex-col gap-1.5">
            {operation && (
              <TraceLine kind={t("logs.for_operation")} what={operation.kind} at={operation.created_at}>
                <Status state={operation.status} />
                <Id value={operation.id} />
              </TraceLine>
            )}
            {events.map((event) => (
              <TraceLine key={event.id} kind={t("logs.event")} what={event.type} at={event.created_at}>
                <Id value={event.id} />
              </TraceLine>
            ))}
            {!operation && events.length === 0 && <li className="text-muted">{t("logs.nothing_around")}</li>}
          </ul>
        )}
      </Result>
    </section>
  );
}

function TraceLine({ kind, what, at, children }: { kind: string; what: string; at: string; children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <span className="text-[13px] text-muted">{kind}</span>
      <code dir="ltr" className="font-mono text-[13px]">
        {what}
      </code>
      {children}
      <span className="ms-auto text-[13px] text-muted">
        <Time at={at} />
      </span>
    </li>
  );
}

interface SideProps {
  title: string;
  headers: Log["request_headers"];
  body: string | null;
  bytes: number;
}

function Side({ title, headers, body, bytes }: SideProps) {
  const { t } = useTranslation("developers");
  const style = useStyle();
  return (
    <section className="flex flex-col gap-2">
      <h3 className="flex items-baseline justify-between gap-2 font-medium">
        {title}
        <span className="tabular text-[13px] font-normal text-muted">
          {t("try.bytes", { count: bytes, shown: formatCount(bytes, style) })}
        </span>
      </h3>
      {headers !== null && (
        <details>
          <summary className="mb-2 cursor-pointer text-[13px] text-muted">{t("logs.headers")}</summary>
          <Json value={redacted(headers)} label={`${title}: ${t("logs.headers")}`} />
        </details>
      )}
      {body === null || body === "" ? (
        <p className="text-[13px] text-muted">{t("logs.no_body")}</p>
      ) : (
        <Body text={body} label={title} />
      )}
    </section>
  );
}

function Body({ text, label }: { text: string; label: string }) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // It is no JSON, or was cut when it was stored.
    return <Code text={String(redacted(text))} label={label} />;
  }
  return <Json value={redacted(value)} label={label} />;
}
