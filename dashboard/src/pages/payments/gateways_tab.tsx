/** The gateways: how each is doing, and how it takes part in routing. */
import { lazy, Suspense, useMemo, useState } from "react";
import { Plug } from "lucide-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { type Gateway, isCut, useGatewayFigures, useGateways } from "@/hooks/gateways";
import { useTraffic } from "@/hooks/monitoring";
import { buttonClass } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Empty, NoPermission, Result } from "@/ui/states";
import { GatewayRow } from "./gateway_row";

const RoutingDialog = lazy(() => import("./routing_dialog").then((module) => ({ default: module.RoutingDialog })));
const SwitchOff = lazy(() => import("./switch_off").then((module) => ({ default: module.SwitchOff })));

export function GatewaysTab() {
  const gateways = useGateways();
  const environment = useEnvironment();
  return (
    <Result query={gateways} lines={8}>
      {(all) => (
        <List gateways={all.filter((each) => !isCut(each) && (!environment || each.environment === environment))} />
      )}
    </Result>
  );
}

function List({ gateways }: { gateways: readonly Gateway[] }) {
  const { t } = useTranslation("payments");
  const { slug } = useOrganization();
  const mayConnect = useMay("developer");
  const [editing, setEditing] = useState<Gateway | null>(null);
  const [switchingOff, setSwitchingOff] = useState<Gateway | null>(null);
  const ids = useMemo(() => gateways.map(({ id }) => id), [gateways]);
  const figures = useGatewayFigures(ids);
  const traffic = useTraffic(useEnvironment());
  const connect = (look: "primary" | "secondary", size: "small" | "medium") => (
    <Link to="/o/$slug" params={{ slug }} search={{ connect: true }} className={buttonClass(look, size)}>
      <Plug className="size-4" aria-hidden />
      {t("gateways.connect")}
    </Link>
  );
  if (gateways.length === 0) {
    return mayConnect ? (
      <Empty title={t("empty.gateways")} action={connect("primary", "medium")}>
        {t("empty.gateways_text")}
      </Empty>
    ) : (
      <NoPermission needs="developer" />
    );
  }
  return (
    <Panel title={t("tab.gateways")} aside={mayConnect && connect("secondary", "small")}>
      <ul className="divide-y divide-line">
        {gateways.map((gateway) => (
          <GatewayRow
            key={gateway.id}
            gateway={gateway}
            figures={figures.data?.get(gateway.id) ?? (figures.isError ? null : undefined)}
            traffic={traffic.data?.byConnection.get(gateway.id)}
            onEdit={() => setEditing(gateway)}
            onSwitchOff={() => setSwitchingOff(gateway)}
          />
        ))}
      </ul>
      <Suspense>
        {editing?.routing && (
          <RoutingDialog gateway={editing} routing={editing.routing} onClose={() => setEditing(null)} />
        )}
        {switchingOff && (
          <SwitchOff
            gateway={switchingOff}
            others={gateways.filter(
              (each) =>
                each.id !== switchingOff.id &&
                each.environment === switchingOff.environment &&
                each.status === "active" &&
                each.routing?.enabled === true,
            )}
            onClose={() => setSwitchingOff(null)}
          />
        )}
      </Suspense>
    </Panel>
  );
}
