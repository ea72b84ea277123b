/** One of the states of what a tab lists, in the address. */
import { useTranslation } from "react-i18next";
import { Select } from "@/ui/select";
import { useFilters } from "./search";

export function StatusFilter({ statuses }: { statuses: readonly string[] }) {
  const { t } = useTranslation(["payments", "common"]);
  const { search, set } = useFilters();
  const words = t("common:status", { returnObjects: true }) as Record<string, string>;
  return (
    <Select
      compact
      aria-label={t("filter.status")}
      value={statuses.find((each) => each === search.status) ?? ""}
      onChange={(status) => set({ status: status || undefined })}
      options={[
        { value: "", label: t("filter.any_status") },
        ...statuses.map((value) => ({ value, label: words[value] ?? value })),
      ]}
    />
  );
}
