/** When each credential of a connection was set and replaced, and by whom. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useConnectionNames } from "@/hooks/connections";
import { useCredentialHistory } from "@/hooks/credentials";
import { Badge } from "@/ui/badge";
import { buttonClass } from "@/ui/button";
import { Drawer } from "@/ui/dialog";
import { Empty, Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { MemberName } from "../member_name";

export function CredentialHistory({ connectionId, onClose }: { connectionId: string; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const { slug } = useOrganization();
  const history = useCredentialHistory(connectionId);
  const connection = useConnectionNames().data?.find(({ id }) => id === connectionId);
  return (
    <Drawer
      open
      onOpenChange={onClose}
      title={t("history.title")}
      description={connection && <bdi>{connection.name}</bdi>}
      footer={
        <Link
          to="/o/$slug/settings"
          params={{ slug }}
          search={{ tab: "connections", connection: connectionId }}
          className={buttonClass("primary")}
        >
          {t("history.change")}
        </Link>
      }
    >
      <Result query={history} empty={<Empty title={t("history.empty")} />}>
        {(versions) => (
          <ol className="divide-y divide-line">
            {versions.map(({ name, version, key_id, created_by, created_at, superseded_at }) => (
              <li key={`${name}.${version}`} className="flex flex-col gap-0.5 py-2.5">
                <p className="flex flex-wrap items-center gap-2">
                  <code className="font-mono text-[13px]" dir="ltr">
                    {name}
                  </code>
                  <span className="text-[13px] text-muted">{t("secrets.version", { version })}</span>
                  {superseded_at === null && <Badge tone="good">{t("history.present")}</Badge>}
                </p>
                <p className="text-[13px] text-muted">
                  {t("secrets.set")} <Time at={created_at} absolute /> · <MemberName id={created_by} />
                </p>
                {superseded_at !== null && (
                  <p className="text-[13px] text-muted">
                    {t("history.replaced")} <Time at={superseded_at} absolute />
                  </p>
                )}
                <p className="text-[13px] text-muted">
                  {t("history.key")}{" "}
                  <code className="font-mono text-xs" dir="ltr">
                    {key_id}
                  </code>
                </p>
              </li>
            ))}
          </ol>
        )}
      </Result>
    </Drawer>
  );
}
