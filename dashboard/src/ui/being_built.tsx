/** Stands in for a page until it is there. */
import { Hammer } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { PageKey } from "@/app/navigation";
import { PageHeader } from "./page_header";
import { Empty } from "./states";

export function BeingBuilt({ page }: { page: PageKey }) {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t(`pages.${page}`)} />
      <Empty icon={Hammer} title={t("states.being_built")}>
        {t("states.being_built_why")}
      </Empty>
    </>
  );
}
