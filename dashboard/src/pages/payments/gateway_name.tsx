/** What a connection is called, wherever only its id is known. */
import { useTranslation } from "react-i18next";
import { isCut, useGateways } from "@/hooks/gateways";

/** `id` null: no gateway was chosen yet. */
export function GatewayName({ id }: { id: string | null }) {
  const { t } = useTranslation(["payments", "common"]);
  const gateways = useGateways();
  if (id === null) return <span className="text-muted">{t("no_gateway")}</span>;
  const found = gateways.data?.find((each) => each.id === id);
  if (!found) return <code dir="ltr">{id.slice(0, 8)}</code>;
  return (
    <>
      <bdi>{found.name}</bdi>
      {isCut(found) && <span className="text-[13px] font-normal text-muted"> ({t("gateways.cut")})</span>}
    </>
  );
}

/** The ids of the gateways of an environment, narrowed to one where one is chosen; null: all. Undefined: not known yet. */
export function useNarrowing(
  environment: "sandbox" | "live" | null,
  connection: string | undefined,
): readonly string[] | null | undefined {
  const gateways = useGateways();
  if (connection) return [connection];
  if (!environment) return null;
  return gateways.data?.filter((each) => each.environment === environment).map(({ id }) => id);
}
