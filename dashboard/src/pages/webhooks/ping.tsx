/** Sends a ping to a subscription and shows what was answered. */
import { Send } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type Subscription, usePing } from "@/hooks/subscriptions";
import { formatDuration } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { ProblemText } from "@/ui/states";
import { Raw } from "./request";
import { Part } from "./shared";

export function Ping({ subscription: { id, secret_set_at } }: { subscription: Subscription }) {
  const { t } = useTranslation("webhooks");
  const style = useStyle();
  const ping = usePing();
  return (
    <Part
      title={t("ping.title")}
      aside={
        <Button size="small" busy={ping.isPending} disabled={secret_set_at === null} onClick={() => ping.mutate(id)}>
          <Send className="size-3.5 rtl:-scale-x-100" aria-hidden />
          {t("ping.action")}
        </Button>
      }
    >
      <div role="status">
        {ping.isIdle && <p className="text-muted">{t("ping.text")}</p>}
        {ping.data && (
          <div className="flex flex-col gap-2">
            <p className="flex items-center gap-2">
              <Badge tone="good">{`HTTP ${ping.data.http_status ?? ""}`}</Badge>
              {t("ping.taken")}{" "}
              <span className="tabular text-muted">{formatDuration(ping.data.duration_ms, style)}</span>
            </p>
            {ping.data.response && <Raw text={ping.data.response} label={t("delivery.response")} />}
          </div>
        )}
        {ping.error && (
          <p className="text-bad">
            {t("ping.failed")} <ProblemText error={ping.error} />
          </p>
        )}
      </div>
    </Part>
  );
}
