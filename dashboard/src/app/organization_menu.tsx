/** The person's organizations to choose from, and the way to a new one. */
import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useOrganizations } from "@/hooks/organizations";
import type { LateMenuProps } from "@/ui/late_menu";
import { Menu, MenuChoice, MenuChoices, MenuItem, MenuLine } from "@/ui/menu";
import { useOrganization } from "./organization";

export function OrganizationMenu({ trigger, startOpen }: LateMenuProps) {
  const { t } = useTranslation();
  const open = useOrganization();
  const organizations = useOrganizations();
  const navigate = useNavigate();
  return (
    <Menu align="start" trigger={trigger} startOpen={startOpen}>
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
