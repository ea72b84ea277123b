/** One channel: what it is told, how that goes, and a test. */
import { Pencil, Send, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type Channel, hasUrl, type Kind, useTestChannel, useUpdateChannel } from "@/hooks/alert_channels";
import type { Escalation } from "@/hooks/alert_rules";
import { useConnectionNames } from "@/hooks/connections";
import { formatDuration } from "@/lib/format";
import { Badge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { OnOff } from "@/ui/on_off";
import { Time } from "@/ui/time";
import { English, FormProblem } from "../parts";
import { KIND_ICONS, usePatternName } from "./kinds";

const MINUTE_MS = 60_000;

interface Props {
  channel: Channel;
  escalations: readonly Escalation[];
  mayEdit: boolean;
  onDo: (what: "edit" | "url" | "remove") => void;
}

export function ChannelLine({ channel, escalations, mayEdit, onDo }: Props) {
  const { t } = useTranslation(["settings", "common"]);
  const style = useStyle();
  const nameOf = usePatternName();
  const connection = useConnectionNames().data?.find(({ id }) => id === channel.connection_id);
  const kind = channel.kind as Kind;
  const Icon = KIND_ICONS[kind];
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="flex min-w-0 gap-3">
          <Icon className="mt-0.5 size-5 shrink-0 text-muted" aria-hidden />
          <div className="min-w-0">
            <p className="flex flex-wrap items-center gap-2">
              <bdi className="font-medium">{channel.name}</bdi>
              <State channel={channel} />
            </p>
            <p className="text-[13px] break-words text-muted">
              {t(`channels.kind.${kind}`)}
              {channel.target && (
                <>
                  {" · "}
                  <span dir="ltr">{channel.target}</span>
                </>
              )}
            </p>
          </div>
        </div>
        {mayEdit && <Deeds channel={channel} onDo={onDo} />}
      </div>
      <p className="flex flex-wrap items-center gap-x-1.5 gap-y-1 text-[13px] text-muted sm:ps-8">
        {channel.only_escalations ? (
          t("channels.only_escalations")
        ) : (
          <>
            {t("channels.from")} <Status state={channel.minimum_severity} />
            <span>{channel.kinds.map(nameOf).join(t("comma"))}</span>
          </>
        )}
        {connection && (
          <span>
            · {t("connections.one")}: <bdi>{connection.name}</bdi>
          </span>
        )}
        {channel.repeat_minutes !== null && (
          <span>· {t("channels.repeats", { time: formatDuration(channel.repeat_minutes * MINUTE_MS, style) })}</span>
        )}
        {escalations.map((each) => (
          <span key={each.id}>
            · {t("channels.escalated", { time: formatDuration(each.after_minutes * MINUTE_MS, style) })}
          </span>
        ))}
      </p>
      <Delivery channel={channel} />
      {mayEdit && <Test channel={channel} />}
    </li>
  );
}

function State({ channel: { enabled, ready, failing_since } }: { channel: Channel }) {
  const { t } = useTranslation("settings");
  if (!enabled) return <Status state="disabled" />;
  if (!ready) return <Badge tone="warn">{t("channels.not_ready")}</Badge>;
  return failing_since === null ? <Status state="active" /> : <Status state="failed" />;
}

/** How it went so far. */
function Delivery({ channel }: { channel: Channel }) {
  const { t } = useTranslation("settings");
  const error = channel.last_error as { message?: string } | null;
  return (
    <p className="text-[13px] text-muted sm:ps-8">
      {channel.last_sent_at ? (
        <>
          {t("channels.last_sent")} <Time at={channel.last_sent_at} />
        </>
      ) : (
        t("channels.never_sent")
      )}
      {channel.failing_since !== null && (
        <span className="block text-bad">
          {t("channels.failing")} <Time at={channel.failing_since} />
          {error?.message && (
            <>
              : <English>{error.message}</English>
            </>
          )}
        </span>
      )}
    </p>
  );
}

function Deeds({ channel, onDo }: Pick<Props, "channel" | "onDo">) {
  const { t } = useTranslation("settings");
  const update = useUpdateChannel();
  return (
    <div className="flex items-center gap-1">
      <OnOff
        label={t("channels.on")}
        fullLabel={t("channels.on_of", { name: channel.name })}
        enabled={channel.enabled}
        onChange={(enabled) => update.mutateAsync({ id: channel.id, enabled })}
      />
      {hasUrl(channel.kind) && (
        <Button look="quiet" size="small" onClick={() => onDo("url")}>
          {t(channel.ready ? "channels.replace_url" : "channels.set_url")}
        </Button>
      )}
      <Button
        look="quiet"
        size="icon"
        aria-label={t("channels.edit_of", { name: channel.name })}
        onClick={() => onDo("edit")}
      >
        <Pencil className="size-4" aria-hidden />
      </Button>
      <Button
        look="quiet"
        size="icon"
        aria-label={t("channels.remove_of", { name: channel.name })}
        onClick={() => onDo("remove")}
      >
        <Trash2 className="size-4" aria-hidden />
      </Button>
    </div>
  );
}

function Test({ channel }: { channel: Channel }) {
  const { t } = useTranslation("settings");
  const test = useTestChannel();
  return (
    <div className="flex flex-col items-start gap-2 sm:ps-8">
      <div className="flex flex-wrap items-center gap-3">
        <Button
          size="small"
          disabled={!channel.ready}
          busy={test.isPending}
          aria-label={t("channels.test_of", { name: channel.name })}
          onClick={() => test.mutate(channel.id)}
        >
          {!test.isPending && <Send className="size-3.5 rtl:-scale-x-100" aria-hidden />}
          {t("channels.test")}
        </Button>
        {test.isSuccess && (
          <p role="status" className="text-[13px] text-good">
            {t(channel.kind === "in_app" ? "channels.tested_inbox" : "channels.tested")}
          </p>
        )}
      </div>
      <FormProblem error={test.error} />
    </div>
  );
}
