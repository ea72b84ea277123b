/** Routing: the rules by which payments find their gateway, and a place to try them out. */
import { useTranslation } from "react-i18next";
import { useEnvironment } from "@/app/organization_route";
import { isCut, useGateways } from "@/hooks/gateways";
import { unsetPolicy, usePolicies } from "@/hooks/payment_routing";
import { Result } from "@/ui/states";
import { PolicyPanel } from "./policy_panel";
import { Tester } from "./tester";

const ENVIRONMENTS = ["live", "sandbox"] as const;

export function RoutingTab() {
  const { t } = useTranslation("payments");
  const environment = useEnvironment();
  const policies = usePolicies();
  const gateways = useGateways();
  return (
    <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_26rem]">
      <div className="flex flex-col gap-5">
        <p className="max-w-prose text-muted">{t("routing.text")}</p>
        <Result query={policies} lines={6}>
          {(set) => (
            <Result query={gateways} lines={6}>
              {(all) =>
                ENVIRONMENTS.filter((each) => !environment || each === environment).map((each) => (
                  <PolicyPanel
                    key={each}
                    policy={set.find((policy) => policy.environment === each) ?? unsetPolicy(each)}
                    gateways={all.filter((gateway) => gateway.environment === each && !isCut(gateway))}
                  />
                ))
              }
            </Result>
          )}
        </Result>
      </div>
      <Tester />
    </div>
  );
}
