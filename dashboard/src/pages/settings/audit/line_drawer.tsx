/** One line of the log: who, from where, and what was before and after. */
import { useTranslation } from "react-i18next";
import { type BoundLine, useAuditLine } from "@/hooks/audit";
import { Fact, Facts, Heading } from "@/ui/facts";
import { Button } from "@/ui/button";
import { Id } from "@/ui/copy_button";
import { Drawer } from "@/ui/dialog";
import { Json } from "@/ui/json";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { ActorName } from "../member_name";
import { English, useSet } from "../parts";
import { Changes } from "./changes";

export function LineDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const line = useAuditLine(id);
  return (
    <Drawer
      open
      onOpenChange={onClose}
      size="large"
      title={
        line.data ? (
          <code className="font-mono" dir="ltr">
            {line.data.action}
          </code>
        ) : (
          t("audit.one")
        )
      }
    >
      <Result query={line} lines={8}>
        {(found) => <Details line={found} />}
      </Result>
    </Drawer>
  );
}

function Details({ line }: { line: BoundLine }) {
  const { t } = useTranslation("settings");
  const set = useSet();
  const detail = line.detail as Record<string, unknown>;
  return (
    <div className="flex flex-col gap-6">
      <Facts>
        <Fact name={t("audit.at")}>
          <Time at={line.occurred_at} absolute />
        </Fact>
        <Fact name={t("audit.who")}>
          <ActorName actor={`${line.actor_type}:${line.actor_id ?? ""}`} />
        </Fact>
        <Fact name={t("audit.on")}>
          <span className="flex flex-wrap items-center gap-2">
            <code className="font-mono text-[13px]" dir="ltr">
              {line.target_type}
            </code>
            <Id value={line.target_id} />
            <Button
              size="small"
              onClick={() => set({ open: undefined, target: line.target_type, target_id: line.target_id })}
            >
              {t("audit.all_of_it")}
            </Button>
          </span>
        </Fact>
        <Fact name={t("audit.address")}>{line.remote_address && <span dir="ltr">{line.remote_address}</span>}</Fact>
        <Fact name={t("audit.agent")}>{line.user_agent && <English>{line.user_agent}</English>}</Fact>
        <Fact name={t("audit.number")}>{line.sequence}</Fact>
        <Fact name={t("audit.hash")}>
          <Id value={hexadecimal(line.hash)} />
        </Fact>
        <Fact name={t("audit.previous")}>{line.previous_hash && <Id value={hexadecimal(line.previous_hash)} />}</Fact>
      </Facts>
      {(line.before !== null || line.after !== null) && <Changes before={line.before} after={line.after} />}
      {Object.keys(detail).length > 0 && (
        <section>
          <Heading>{t("audit.detail")}</Heading>
          <Json value={detail} label={t("audit.detail")} />
        </section>
      )}
    </div>
  );
}

/** Bytes as the check of the log writes them too: without PostgREST's mark. */
function hexadecimal(bytes: string): string {
  return bytes.replace(/^\\x/, "");
}
