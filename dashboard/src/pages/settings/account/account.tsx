/** The person's own: how things are shown, their name, their password, their sessions, their role here. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useUser } from "@/app/session";
import { Fact, Facts } from "@/ui/facts";
import { Id } from "@/ui/copy_button";
import { Panel } from "@/ui/panel";
import { Time } from "@/ui/time";
import { Appearance } from "./appearance";
import { Name } from "./name";
import { Password } from "./password";
import { Sessions } from "./sessions";

export function Account() {
  const { t } = useTranslation(["settings", "common"]);
  const user = useUser();
  const { slug, name, role } = useOrganization();
  return (
    <>
      <Panel title={t("tab.account")}>
        <div className="flex flex-col gap-5 p-4">
          <Facts>
            <Fact name={t("account.email")}>
              <span dir="ltr">{user.email}</span>
            </Fact>
            <Fact name={t("account.role", { organization: name })}>
              <Link
                to="/o/$slug/settings"
                params={{ slug }}
                search={{ tab: "members" }}
                className="text-accent-strong hover:underline"
              >
                {t(`common:role.${role}`)}
              </Link>
            </Fact>
            <Fact name={t("account.since")}>
              <Time at={user.created_at} />
            </Fact>
            <Fact name={t("id")}>
              <Id value={user.id} />
            </Fact>
          </Facts>
          <Name />
        </div>
      </Panel>
      <Appearance />
      <Password />
      <Sessions />
    </>
  );
}
