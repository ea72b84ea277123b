/** The bucket of each connection: how many calls a second in the long run, and how many at once. */
import { useMemo, useState } from "react";
import { Gauge } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useNow, useStyle } from "@/app/style";
import { type RateLimit, tokensNow, useRateLimits } from "@/hooks/limits";
import { formatCount } from "@/lib/format";
import { Badge, EnvironmentBadge } from "@/ui/badge";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { Bar, ReadOnly, Told } from "../parts";
import { formatPerSecond } from "./per_second";
import { RateDialog } from "./rate_dialog";

export function RateLimits() {
  const { t } = useTranslation("settings");
  const environment = useEnvironment();
  const mayEdit = useMay("developer");
  const limits = useRateLimits();
  const [editing, setEditing] = useState<RateLimit | null>(null);
  const columns = useColumns();
  return (
    <Panel title={t("rates.title")}>
      <div className="flex flex-col gap-3 p-4">
        <Told>{t("rates.text")}</Told>
        {!mayEdit && <ReadOnly needs="developer" />}
        <Result
          query={limits}
          isEmpty={(list) => list.every((each) => environment && each.connection.environment !== environment)}
          empty={
            <Empty icon={Gauge} title={t("rates.empty")}>
              {t("rates.empty_text")}
            </Empty>
          }
        >
          {(list) => (
            <DataTable
              label={t("rates.title")}
              columns={columns}
              rows={list.filter((each) => !environment || each.connection.environment === environment)}
              rowId={({ connection_id }) => connection_id}
              {...(mayEdit && { onOpen: setEditing })}
            />
          )}
        </Result>
      </div>
      {editing && <RateDialog limit={editing} onClose={() => setEditing(null)} />}
    </Panel>
  );
}

function useColumns(): Column<RateLimit>[] {
  const { t } = useTranslation("settings");
  const style = useStyle();
  const now = useNow();
  return useMemo(
    () => [
      {
        id: "connection",
        header: t("connections.one"),
        cell: ({ connection }) => (
          <span className="flex flex-wrap items-center gap-2">
            <bdi className="font-medium">{connection.name}</bdi>
            <EnvironmentBadge environment={connection.environment} />
          </span>
        ),
      },
      {
        id: "rate",
        header: t("rates.rate"),
        end: true,
        cell: ({ refill_per_second }) => formatPerSecond(refill_per_second, style),
      },
      { id: "burst", header: t("rates.burst"), end: true, cell: ({ capacity }) => formatCount(capacity, style) },
      {
        id: "left",
        header: t("rates.left"),
        wideOnly: true,
        cell: (limit) => {
          const left = Math.floor(tokensNow(limit, now));
          return limit.blocked_until !== null && new Date(limit.blocked_until) > now ? (
            <span className="text-bad">
              {t("rates.blocked")} <Time at={limit.blocked_until} />
            </span>
          ) : (
            <span className="flex min-w-24 flex-col gap-1">
              <span className="tabular text-[13px]">
                {t("quotas.used", { used: formatCount(left, style), most: formatCount(limit.capacity, style) })}
              </span>
              <Bar share={left / limit.capacity} label={t("rates.left_of", { name: limit.connection.name })} />
            </span>
          );
        },
      },
      {
        id: "source",
        header: t("rates.source"),
        cell: ({ source }) => (
          <Badge tone={source === "custom" ? "info" : "neutral"}>
            {t(`rates.sources.${source as "default" | "custom" | "learned"}`)}
          </Badge>
        ),
      },
    ],
    [now, style, t],
  );
}
