/** Which organization is open, and the way to the others. */
import { ChevronsUpDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import { cx } from "@/lib/cx";
import { buttonClass } from "@/ui/button";
import { lateMenu } from "@/ui/late_menu";
import { useOrganization } from "./organization";

const OrganizationMenu = lateMenu(() => import("./organization_menu").then((module) => module.OrganizationMenu));

export function OrganizationSwitcher() {
  const { t } = useTranslation();
  const open = useOrganization();
  return (
    <OrganizationMenu
      button={(props) => (
        <button
          type="button"
          className={cx(buttonClass("secondary"), "h-auto w-full justify-between px-2.5 py-1.5")}
          {...props}
        >
          <span className="min-w-0 text-start">
            <span className="sr-only">{t("shell.organization")}: </span>
            <span className="block truncate">{open.name}</span>
            <span className="block text-xs font-normal text-muted">{t(`role.${open.role}`)}</span>
          </span>
          <ChevronsUpDown className="size-4 shrink-0 text-muted" aria-hidden />
        </button>
      )}
    />
  );
}
