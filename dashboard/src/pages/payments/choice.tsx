/** Why a payment takes a gateway: which, by what rule, who would take over, and who was left out. */
import { useTranslation } from "react-i18next";
import { isCut, useGateways } from "@/hooks/gateways";
import type { Route, Skipped } from "@/hooks/payment_routing";
import { Money } from "@/ui/money";
import { GatewayName } from "./gateway_name";

const RULES = ["priority", "weighted", "lowest_fee", "failover"] as const;

export function Choice({ route, currency }: { route: Route; currency?: string | undefined }) {
  const { t } = useTranslation("payments");
  const rule = RULES.find((each) => each === route.rule);
  const { version, case: named } = route.policy ?? {};
  const next = route.next ?? [];
  return (
    <div className="flex flex-col gap-2 text-[13px]">
      <p>
        <span className="font-medium">
          <GatewayName id={route.chosen.connection_id} />
        </span>
        {": "}
        {rule ? t(`choice.${rule}`) : t("choice.named")}
        {named && (
          <>
            {" "}
            {t("choice.case")} <bdi>“{named}”</bdi>.
          </>
        )}
        {route.chosen.fee && currency && (
          <>
            {" "}
            {t("choice.fee")} <Money amount={route.chosen.fee} currency={currency} />.
          </>
        )}
      </p>
      {(route.refused_for_now ?? []).length > 0 && (
        <div>
          <p className="text-muted">{t("choice.refused")}</p>
          <ul className="ms-4 list-disc">
            {route.refused_for_now?.map((each) => (
              <li key={each.connection_id}>
                <GatewayName id={each.connection_id} />
                {each.error?.message && (
                  <span lang="en" dir="auto" className="text-bad">
                    {" – "}
                    {each.error.message}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
      {next.length > 0 && (
        <div>
          <p className="text-muted">{t("choice.next")}</p>
          <ol className="ms-4 list-decimal">
            {next.map((each) => (
              <li key={each.connection_id}>
                <GatewayName id={each.connection_id} />
                {each.fee && currency && (
                  <span className="text-muted">
                    {" · "}
                    <Money amount={each.fee} currency={currency} />
                  </span>
                )}
              </li>
            ))}
          </ol>
        </div>
      )}
      <LeftOut skipped={route.skipped ?? []} />
      {version !== undefined && (
        <p className="text-muted">{version === 0 ? t("choice.no_policy") : t("choice.version", { version })}</p>
      )}
    </div>
  );
}

/** Gateways that cannot take a payment, and why each: in the hub's own words. Those that are cut need no word. */
export function LeftOut({ skipped }: { skipped: readonly Skipped[] }) {
  const { t } = useTranslation("payments");
  const gateways = useGateways();
  const cut = new Set(gateways.data?.filter(isCut).map(({ id }) => id));
  const told = skipped.filter((each) => !cut.has(each.connection_id));
  if (told.length === 0) return null;
  return (
    <div>
      <p className="text-muted">{t("choice.skipped")}</p>
      <ul className="ms-4 list-disc">
        {told.map((each) => (
          <li key={each.connection_id}>
            <GatewayName id={each.connection_id} />
            {" – "}
            <span lang="en" dir="auto">
              {each.reason}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
