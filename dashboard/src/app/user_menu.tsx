/** Who is signed in, the theme, the language on narrow screens, and the way out. */
import { Languages, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { changeLanguage } from "@/lib/i18n";
import { applyTheme, readTheme, type Theme } from "@/lib/preferences";
import { supabase } from "@/lib/supabase";
import type { LateMenuProps } from "@/ui/late_menu";
import { Menu, MenuChoice, MenuChoices, MenuItem, MenuLabel, MenuLine } from "@/ui/menu";
import { LANGUAGES } from "./language_button";
import { useUser } from "./session";
import { useLanguage } from "./style";

const THEMES: [Theme, ReactNode][] = [
  ["system", <Monitor key="system" className="size-4" aria-hidden />],
  ["light", <Sun key="light" className="size-4" aria-hidden />],
  ["dark", <Moon key="dark" className="size-4" aria-hidden />],
];

export function UserMenu({ trigger, startOpen }: LateMenuProps) {
  const { t } = useTranslation();
  const user = useUser();
  const other = useLanguage() === "ar" ? "en" : "ar";
  const [theme, setTheme] = useState(readTheme);
  return (
    <Menu trigger={trigger} startOpen={startOpen}>
      <MenuLabel>
        <bdi>{user.email}</bdi>
      </MenuLabel>
      <MenuLine />
      <MenuLabel>{t("theme.label")}</MenuLabel>
      <MenuChoices
        value={theme}
        onValueChange={(next) => {
          applyTheme(next as Theme);
          setTheme(next as Theme);
        }}
      >
        {THEMES.map(([value, icon]) => (
          <MenuChoice key={value} value={value}>
            <span className="flex items-center gap-2">
              {icon}
              {t(`theme.${value}`)}
            </span>
          </MenuChoice>
        ))}
      </MenuChoices>
      <MenuLine />
      <MenuItem className="sm:hidden" lang={other} onSelect={() => void changeLanguage(other)}>
        <Languages className="size-4" aria-hidden />
        {LANGUAGES[other]}
      </MenuItem>
      <MenuItem onSelect={() => void supabase().auth.signOut()}>
        <LogOut className="size-4" aria-hidden />
        {t("shell.sign_out")}
      </MenuItem>
    </Menu>
  );
}
