/** One call to a provider: a line, and below it what was sent and what came back, as it was stored redacted. */
import { useState } from "react";
import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import type { Call } from "@/hooks/calls";
import { cx } from "@/lib/cx";
import { formatCount, formatDuration } from "@/lib/format";
import { Badge, type Tone } from "@/ui/badge";
import { Json } from "@/ui/json";
import { readBody } from "./difference";

const TONES: Record<string, Tone> = { ok: "good", refused: "bad", retryable: "warn", unknown: "warn" };
type OutcomeKey = "ok" | "refused" | "retryable" | "unknown" | "not_sent";

export function CallView({ call, open: opened }: { call: Call; open: boolean }) {
  const { t } = useTranslation("testing");
  const style = useStyle();
  const [open, setOpen] = useState(opened);
  const outcome = call.outcome as OutcomeKey;
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex w-full flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-start hover:bg-sunken"
      >
        <ChevronRight
          className={cx("size-4 shrink-0 transition-transform", open ? "rotate-90" : "rtl:rotate-180")}
          aria-hidden
        />
        <code className="min-w-0 grow basis-60 truncate font-mono text-[13px]" dir="ltr" title={call.url}>
          {call.method} {pathOf(call.url)}
        </code>
        <Badge tone={TONES[outcome] ?? "neutral"}>{t(`call_outcome.${outcome}`)}</Badge>
        <span className="tabular text-[13px] text-muted">
          {call.status ?? t("calls.no_status")} · {formatDuration(call.duration_ms, style)}
          {call.attempt > 1 && ` · ${t("calls.attempt", { number: call.attempt })}`}
        </span>
      </button>
      {open && (
        <div className="flex flex-col gap-3 px-4 pb-4">
          {call.error_code && (
            <p className="text-[13px] text-muted">
              {t("calls.error")} <code dir="ltr">{call.error_code}</code>
            </p>
          )}
          <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
            <Half
              title={t("calls.request")}
              size={call.request_bytes}
              headers={call.request_headers}
              body={call.request_body}
            />
            <Half
              title={t("calls.response")}
              size={call.response_bytes}
              headers={call.response_headers}
              body={call.response_body}
            />
          </div>
        </div>
      )}
    </li>
  );
}

interface HalfProps {
  title: string;
  size: number | null;
  headers: unknown;
  body: string | null;
}

function Half({ title, size, headers, body }: HalfProps) {
  const { t } = useTranslation("testing");
  const style = useStyle();
  const read = readBody(body);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <h3 className="text-[13px] font-medium">
        {title}{" "}
        {size !== null && (
          <span className="font-normal text-muted">{t("calls.bytes", { shown: formatCount(size, style) })}</span>
        )}
      </h3>
      {read === undefined ? (
        <p className="text-[13px] text-muted">{t("calls.no_body")}</p>
      ) : (
        <Json label={t("calls.body_of", { part: title })} value={read} />
      )}
      {headers !== null && (
        <details>
          <summary className="cursor-pointer text-[13px] text-muted">{t("calls.headers")}</summary>
          <div className="mt-2">
            <Json label={t("calls.headers_of", { part: title })} value={headers} />
          </div>
        </details>
      )}
    </div>
  );
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url, "http://hub.invalid");
  return pathname + search;
}
