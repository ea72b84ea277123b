/** Language and theme, kept in this browser. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LANGUAGES } from "@/app/language_button";
import { useLanguage } from "@/app/style";
import { changeLanguage } from "@/lib/i18n";
import { applyTheme, readTheme, type Theme } from "@/lib/preferences";
import { Field } from "@/ui/field";
import { Panel } from "@/ui/panel";
import { Select } from "@/ui/select";
import { Told } from "../parts";

const THEMES: readonly Theme[] = ["system", "light", "dark"];

export function Appearance() {
  const { t } = useTranslation(["settings", "common"]);
  const language = useLanguage();
  const [theme, setTheme] = useState(readTheme);
  return (
    <Panel title={t("appearance.title")}>
      <div className="flex max-w-2xl flex-col gap-4 p-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("appearance.language")}>
            {(control) => (
              <Select
                {...control}
                value={language}
                onChange={(next) => void changeLanguage(next)}
                options={(["en", "ar"] as const).map((value) => ({ value, label: LANGUAGES[value] }))}
              />
            )}
          </Field>
          <Field label={t("common:theme.label")}>
            {(control) => (
              <Select
                {...control}
                value={theme}
                onChange={(next) => {
                  applyTheme(next);
                  setTheme(next);
                }}
                options={THEMES.map((value) => ({ value, label: t(`common:theme.${value}`) }))}
              />
            )}
          </Field>
        </div>
        <Told>{t("appearance.text")}</Told>
      </div>
    </Panel>
  );
}
