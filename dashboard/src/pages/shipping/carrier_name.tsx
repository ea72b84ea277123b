/** What a carrier's connection is called, wherever only its id is known. */
import { useTranslation } from "react-i18next";
import { useCarrierNames } from "@/hooks/shipping";

/** `id` null: no carrier was chosen. */
export function CarrierName({ id }: { id: string | null }) {
  const { t } = useTranslation("shipping");
  const found = useCarrierNames();
  if (id === null) return <span className="text-muted">–</span>;
  const { name, cut } = found?.get(id) ?? { name: "…", cut: false };
  return (
    <>
      <bdi>{name}</bdi>
      {cut && <span className="text-[13px] font-normal text-muted"> ({t("carriers.cut")})</span>}
    </>
  );
}
