/** The request of a webhook event as it came: headers, query, and the body as JSON, text or bytes. */
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { WebhookEvent } from "@/hooks/webhook_events";
import { CopyButton } from "@/ui/copy_button";
import { Json } from "@/ui/json";
import { Select } from "@/ui/select";
import { Time } from "@/ui/time";
import { bytesOf, hexDump, textOf, valueOf } from "./body";
import { Code, Part } from "./shared";

export function Request({ event }: { event: WebhookEvent }) {
  const { t } = useTranslation("webhooks");
  const headers = event.headers as Record<string, string>;
  return (
    <>
      <Part title={t("request.headers")} aside={<CopyButton text={JSON.stringify(headers, null, 2)} />}>
        <Headers headers={headers} />
      </Part>
      {event.query && (
        <Part title={t("request.query")}>
          <Code>{event.query}</Code>
        </Part>
      )}
      {event.body_erased_at === null ? (
        <Body hex={event.body} contentType={headers["content-type"] ?? ""} />
      ) : (
        <Part title={t("request.body")}>
          <p className="text-muted">
            {t("request.erased")} <Time at={event.body_erased_at} absolute />
          </p>
          {event.body_sha256 && <Code>{`SHA-256 ${event.body_sha256.replace("\\x", "")}`}</Code>}
        </Part>
      )}
    </>
  );
}

/** Names and values; what the hub keeps back is shown as it says. */
export function Headers({ headers }: { headers: Record<string, string> }) {
  const { t } = useTranslation("webhooks");
  const named = Object.entries(headers).sort(([one], [other]) => one.localeCompare(other));
  return (
    <div dir="ltr" lang="en" className="overflow-x-auto rounded-box border border-line">
      <table className="w-full font-mono text-xs" aria-label={t("request.headers")}>
        <tbody>
          {named.map(([name, value]) => (
            <tr key={name} className="border-t border-line align-top first:border-t-0">
              <th scope="row" className="px-3 py-1.5 text-start font-medium whitespace-nowrap text-muted">
                {name}
              </th>
              <td className="w-full px-3 py-1.5 break-all">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Body({ hex, contentType }: { hex: string; contentType: string }) {
  const { t } = useTranslation("webhooks");
  const { bytes, text, value } = useMemo(() => {
    const all = bytesOf(hex);
    const read = textOf(all);
    return { bytes: all, text: read, value: read === null ? undefined : valueOf(read, contentType) };
  }, [hex, contentType]);
  const looks = [
    ...(value === undefined ? [] : ["pretty" as const]),
    ...(text === null ? [] : ["text" as const]),
    "bytes" as const,
  ];
  const [chosen, setChosen] = useState<(typeof looks)[number] | null>(null);
  const look = chosen ?? looks[0] ?? "bytes";
  return (
    <Part
      title={t("request.body")}
      aside={
        <Select
          compact
          aria-label={t("request.look")}
          value={look}
          onChange={setChosen}
          options={looks.map((each) => ({ value: each, label: t(`request.looks.${each}`) }))}
        />
      }
    >
      {bytes.length === 0 ? (
        <p className="text-muted">{t("request.no_body")}</p>
      ) : look === "pretty" ? (
        <Json value={value} label={t("request.body")} />
      ) : (
        <Raw text={look === "text" ? (text ?? "") : hexDump(bytes)} label={t("request.body")} />
      )}
    </Part>
  );
}

/** A text as it is; long ones scroll. */
export function Raw({ text, label }: { text: string; label: string }) {
  return (
    <div className="relative rounded-box border border-line bg-sunken" dir="ltr" lang="en">
      <span className="absolute end-1 top-1">
        <CopyButton text={text} />
      </span>
      {/* eslint-disable jsx-a11y/no-noninteractive-tabindex -- who has no mouse scrolls by the keyboard */}
      <pre role="region" aria-label={label} tabIndex={0} className="max-h-96 overflow-auto p-3 pe-8 font-mono text-xs">
        {text}
      </pre>
      {/* eslint-enable jsx-a11y/no-noninteractive-tabindex */}
    </div>
  );
}
