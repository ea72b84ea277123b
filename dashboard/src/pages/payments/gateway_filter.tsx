/** One gateway of the present environment, in the address. */
import { useTranslation } from "react-i18next";
import { useEnvironment } from "@/app/organization_route";
import { isCut, useGateways } from "@/hooks/gateways";
import { Combobox } from "@/ui/combobox";
import { useFilters } from "./search";

export function GatewayFilter() {
  const { t } = useTranslation("payments");
  const { search, set } = useFilters();
  const gateways = useGateways();
  const environment = useEnvironment();
  const shown = (gateways.data ?? []).filter((each) => !environment || each.environment === environment);
  return (
    <Combobox
      label={t("filter.gateway")}
      clearable
      value={search.connection ?? null}
      onChange={(connection) => set({ connection: connection ?? undefined })}
      options={shown.map((each) => ({
        value: each.id,
        label: isCut(each) ? `${each.name} (${t("gateways.cut")})` : each.name,
      }))}
    />
  );
}
