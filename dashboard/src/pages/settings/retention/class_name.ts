/** Classes of data by their names. */
import { useTranslation } from "react-i18next";

/** The name of a class; one that this page does not know is called as the hub calls it. */
export function useClassName(): (dataClass: string, otherwise?: string) => string {
  const { t } = useTranslation("settings");
  const names = t("classes", { returnObjects: true }) as Record<string, string>;
  return (dataClass, otherwise = dataClass) => names[dataClass] ?? otherwise;
}
