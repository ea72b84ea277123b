/** Encryption keys with what is sealed to each, and how whoever runs the hub rotates them. */
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { useAllCredentials } from "@/hooks/credentials";
import { type EncryptionKey, type Sealing, sealingOf, useEncryptionKeys } from "@/hooks/encryption_keys";
import { formatCount, formatShare } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { CopyButton } from "@/ui/copy_button";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { Bar, Command, Told } from "../parts";

const COMMANDS = { new: "wasl keys new", rotate: "wasl keys rotate", retire: "wasl keys retire KEY_ID" };
const TONES = { active: "good", retiring: "warn", retired: "neutral" } as const;

export function EncryptionKeys() {
  const { t } = useTranslation("settings");
  const keys = useEncryptionKeys();
  const credentials = useAllCredentials();
  return (
    <Panel title={t("keys.title")}>
      <div className="flex flex-col gap-4 p-4">
        <Told>{t("keys.text")}</Told>
        <Result query={keys} empty={<Empty title={t("keys.empty")}>{t("keys.empty_text")}</Empty>}>
          {(list) => {
            const sealing = credentials.data && sealingOf(list, credentials.data);
            return (
              <>
                {sealing && sealing.total > 0 && <Progress sealing={sealing} />}
                <ul className="divide-y divide-line rounded-box border border-line">
                  {list.map((key) => (
                    <Line key={key.id} encryptionKey={key} sealed={sealing?.byKey.get(key.id) ?? 0} />
                  ))}
                </ul>
              </>
            );
          }}
        </Result>
        <section className="flex flex-col gap-2">
          <h3 className="font-medium">{t("keys.rotate")}</h3>
          <Told>{t("keys.rotate_text")}</Told>
          <ol className="flex flex-col gap-2">
            {(["new", "rotate", "retire"] as const).map((step) => (
              <li key={step} className="grid items-center gap-2 md:grid-cols-[minmax(0,1fr)_18rem]">
                <span className="text-[13px]">{t(`keys.step.${step}`)}</span>
                <Command>{COMMANDS[step]}</Command>
              </li>
            ))}
          </ol>
        </section>
      </div>
    </Panel>
  );
}

function Progress({ sealing: { current, total } }: { sealing: Sealing }) {
  const { t } = useTranslation("settings");
  const style = useStyle();
  const label = t("keys.progress", {
    count: total,
    current: formatCount(current, style),
    total: formatCount(total, style),
    share: formatShare(current / total, style),
  });
  return (
    <div className="flex flex-col gap-1.5">
      <p>{label}</p>
      <Bar share={current / total} label={label} tone={current === total ? "accent" : "warn"} />
    </div>
  );
}

function Line({ encryptionKey: key, sealed }: { encryptionKey: EncryptionKey; sealed: number }) {
  const { t } = useTranslation("settings");
  return (
    <li className="grid items-center gap-x-4 gap-y-1 px-3 py-2.5 sm:grid-cols-[minmax(0,1fr)_auto]">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2">
          <span className="inline-flex items-center gap-1" dir="ltr">
            <code className="font-mono text-[13px] break-all">{key.id}</code>
            <CopyButton text={key.id} />
          </span>
          <Badge tone={TONES[key.state]}>{t(`keys.state.${key.state}`)}</Badge>
          {key.organization_id !== null && <Badge tone="info">{t("keys.own")}</Badge>}
        </p>
        <p className="text-[13px] text-muted">
          {t("keys.since")} <Time at={key.created_at} />
          {key.retired_at && (
            <>
              {" · "}
              {t("keys.retired_at")} <Time at={key.retired_at} />
            </>
          )}
          {" · "}
          <span dir="ltr">{key.algorithm}</span>
        </p>
      </div>
      <p className="tabular text-[13px]">{t("keys.sealed", { count: sealed })}</p>
    </li>
  );
}
