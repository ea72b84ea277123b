/** What each role may do, as the database's policies and functions have it. */
import { Check, Minus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { may, type Role, useOrganization } from "@/app/organization";
import { cx } from "@/lib/cx";
import { Panel } from "@/ui/panel";

const COLUMNS: readonly Role[] = ["viewer", "developer", "admin", "owner"];

/** From which role on. */
const ABILITIES = [
  ["look", "viewer"],
  ["work", "developer"],
  ["connect", "developer"],
  ["webhooks", "developer"],
  ["rules", "developer"],
  ["disconnect", "admin"],
  ["keys", "admin"],
  ["channels", "admin"],
  ["members", "admin"],
  ["privacy", "admin"],
  ["audit", "admin"],
  ["owners", "owner"],
] as const satisfies readonly (readonly [string, Role])[];

export function Abilities() {
  const { t } = useTranslation(["settings", "common"]);
  const { role: own } = useOrganization();
  return (
    <Panel title={t("abilities.title")}>
      {/* A wide table scrolls; who has no mouse does so by the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="overflow-x-auto" role="region" aria-label={t("abilities.title")} tabIndex={0}>
        <table className="w-full">
          <thead>
            <tr className="border-b border-line text-[13px] text-muted">
              <th scope="col" className="px-4 py-2 text-start font-medium">
                {t("abilities.what")}
              </th>
              {COLUMNS.map((role) => (
                <th
                  key={role}
                  scope="col"
                  className={cx("px-3 py-2 font-medium", role === own && "text-accent-strong")}
                >
                  {t(`common:role.${role}`)}
                  {role === own && <span className="block text-xs font-normal">{t("abilities.yours")}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ABILITIES.map(([ability, needs]) => (
              <tr key={ability} className="border-b border-line last:border-0">
                <th scope="row" className="px-4 py-2 text-start font-normal">
                  {t(`abilities.${ability}`)}
                </th>
                {COLUMNS.map((role) => (
                  <td key={role} className={cx("px-3 py-2 text-center", role === own && "bg-accent-soft")}>
                    {may(role, needs) ? (
                      <Check className="inline size-4 text-good" role="img" aria-label={t("abilities.yes")} />
                    ) : (
                      <Minus className="inline size-4 text-muted" role="img" aria-label={t("abilities.no")} />
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
