/** Which organization is open, and the way to the others. */
import { useNavigate } from "@tanstack/react-router";
import { ChevronsUpDown, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useOrganizations } from "@/hooks/organizations";
import { cx } from "@/lib/cx";
import { buttonClass } from "@/ui/button";
import { Menu, MenuChoice, MenuChoices, MenuItem, MenuLine } from "@/ui/menu";
import { useOrganization } from "./organization";

export function OrganizationSwitcher() {
  const { t } = useTranslation();
  const open = useOrganization();
  const organizations = useOrganizations();
  const navigate = useNavigate();
  return (
    <Menu
      align="start"
      trigger={
        <button type="button" className={cx(buttonClass("secondary"), "h-auto w-full justify-between px-2.5 py-1.5")}>
          <span className="min-w-0 text-start">
            <span className="sr-only">{t("shell.organization")}: </span>
            <span className="block truncate">{open.name}</span>
            <span className="block text-xs font-normal text-muted">{t(`role.${open.role}`)}</span>
          </span>
          <ChevronsUpDown className="size-4 shrink-0 text-muted" aria-hidden />
        </button>
      }
    >
      <MenuChoices
        value={open.slug}
        onValueChange={(slug) => void navigate({ to: "/o/$slug", params: { slug }, search: {} })}
      >
        {organizations.data?.map((each) => (
          <MenuChoice key={each.id} value={each.slug}>
            {each.name}
          </MenuChoice>
        ))}
      </MenuChoices>
      <MenuLine />
      <MenuItem onSelect={() => void navigate({ to: "/new-organization" })}>
        <Plus className="size-4" aria-hidden />
        {t("shell.new_organization")}
      </MenuItem>
    </Menu>
  );
}
