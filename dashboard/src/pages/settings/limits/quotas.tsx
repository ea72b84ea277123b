/** Quotas: what is used, of how much. They are set by whoever runs the hub. */
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type Quota, useQuotas } from "@/hooks/limits";
import { formatCount, formatDay } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { Bar, English, Told } from "../parts";

const HIGH = 0.8;

export function Quotas() {
  const { t } = useTranslation("settings");
  const quotas = useQuotas();
  return (
    <Panel title={t("quotas.title")}>
      <Told className="px-4 pt-4">{t("quotas.text")}</Told>
      <Result query={quotas} empty={<Empty title={t("quotas.empty")} />}>
        {(list) => (
          <ul className="grid gap-x-8 gap-y-5 p-4 md:grid-cols-2">
            {list.map((quota) => (
              <One key={quota.name} quota={quota} />
            ))}
          </ul>
        )}
      </Result>
    </Panel>
  );
}

function One({ quota }: { quota: Quota }) {
  const { t } = useTranslation("settings");
  const style = useStyle();
  const names = t("quotas.name", { returnObjects: true }) as Record<string, string>;
  const { name, description, used, most, resets_at, agreed } = quota;
  const share = most === null || most === 0 ? null : used / most;
  const words =
    most === null
      ? t("quotas.unlimited", { used: formatCount(used, style) })
      : t("quotas.used", { used: formatCount(used, style), most: formatCount(most, style) });
  const title = names[name];
  return (
    <li className="flex flex-col gap-1.5">
      <p className="flex items-baseline justify-between gap-3">
        <span className="flex items-center gap-2 font-medium">
          {title ?? <English>{description}</English>}
          {agreed && <Badge tone="info">{t("quotas.agreed")}</Badge>}
        </span>
        <span className="tabular text-[13px] whitespace-nowrap">{words}</span>
      </p>
      {share !== null && (
        <Bar
          share={share}
          label={`${title ?? name}: ${words}`}
          tone={share >= 1 ? "bad" : share >= HIGH ? "warn" : "accent"}
        />
      )}
      {resets_at !== null && (
        <p className="text-[13px] text-muted">{t("quotas.resets", { day: formatDay(resets_at, style) })}</p>
      )}
    </li>
  );
}
