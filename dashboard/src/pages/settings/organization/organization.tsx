/** The organization itself: what it is called, where its day begins, its two environments, the person's other ones. */
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useOrganizations } from "@/hooks/organizations";
import { Badge } from "@/ui/badge";
import { buttonClass } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Result } from "@/ui/states";
import { Environments } from "./environments";
import { Profile } from "./profile";

export function OrganizationTab() {
  return (
    <>
      <Profile />
      <Environments />
      <Mine />
    </>
  );
}

function Mine() {
  const { t } = useTranslation(["settings", "common"]);
  const open = useOrganization();
  const organizations = useOrganizations();
  return (
    <Panel
      title={t("organization.mine")}
      aside={
        <Link to="/new-organization" className={buttonClass("secondary", "small")}>
          <Plus className="size-4" aria-hidden />
          {t("common:shell.new_organization")}
        </Link>
      }
    >
      <Result query={organizations}>
        {(list) => (
          <ul className="divide-y divide-line">
            {list.map(({ id, slug, name, role }) => (
              <li key={id} className="flex items-center justify-between gap-3 px-4 py-2.5">
                <span className="flex min-w-0 items-center gap-2">
                  {id === open.id ? (
                    <bdi className="truncate font-medium">{name}</bdi>
                  ) : (
                    <Link
                      to="/o/$slug/settings"
                      params={{ slug }}
                      search={{}}
                      className="truncate font-medium hover:text-accent-strong hover:underline"
                    >
                      <bdi>{name}</bdi>
                    </Link>
                  )}
                  {id === open.id && <Badge tone="info">{t("organization.open")}</Badge>}
                </span>
                <span className="text-[13px] text-muted">{t(`common:role.${role}`)}</span>
              </li>
            ))}
          </ul>
        )}
      </Result>
    </Panel>
  );
}
