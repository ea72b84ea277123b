/** Shipping: prices compared, labels bought, parcels followed, drivers sent for. */
import { lazy, type ReactNode, Suspense, useMemo } from "react";
import { PackagePlus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useActions } from "@/app/actions";
import { useMay } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useTroubledShipments } from "@/hooks/troubled_shipments";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { PageHeader } from "@/ui/page_header";
import { Loading } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { shippingRoute, type Tab, TABS } from "./route";
import { Shipments } from "./shipments";

// Each is fetched by those who open it.
const Rates = lazy(() => import("./rates").then((module) => ({ default: module.Rates })));
const Exceptions = lazy(() => import("./exceptions").then((module) => ({ default: module.Exceptions })));
const Carriers = lazy(() => import("./carriers").then((module) => ({ default: module.Carriers })));
const Pickups = lazy(() => import("./pickups").then((module) => ({ default: module.Pickups })));
const Handover = lazy(() => import("./handover").then((module) => ({ default: module.Handover })));
const Locations = lazy(() => import("./locations").then((module) => ({ default: module.Locations })));
const Detail = lazy(() => import("./detail").then((module) => ({ default: module.Detail })));

const CONTENTS: Record<Tab, () => ReactNode> = {
  shipments: () => <Shipments />,
  rates: () => <Rates />,
  exceptions: () => <Exceptions />,
  carriers: () => <Carriers />,
  pickups: () => <Pickups />,
  handover: () => <Handover />,
  locations: () => <Locations />,
};

/** Where the page's own first step is a new shipment; the others have one of theirs. */
const BEGINNINGS: readonly Tab[] = ["shipments", "exceptions", "handover"];

export function Page() {
  const { t } = useTranslation("shipping");
  const { tab = "shipments", shipment } = shippingRoute.useSearch();
  const navigate = shippingRoute.useNavigate();
  const mayShip = useMay("developer");
  const troubled = useTroubledShipments(useEnvironment());
  const choose = useMemo(
    () => (next: Tab) =>
      void navigate({ search: (before) => ({ ...before, tab: next === "shipments" ? undefined : next }) }),
    [navigate],
  );
  useActions(
    useMemo(
      () =>
        mayShip
          ? [{ id: "new_shipment", label: t("new_shipment"), icon: PackagePlus, run: () => choose("rates") }]
          : [],
      [mayShip, choose, t],
    ),
  );
  const needing = troubled.data?.length ?? 0;
  return (
    <>
      <PageHeader
        title={t("title")}
        description={t("description")}
        actions={
          mayShip &&
          BEGINNINGS.includes(tab) && (
            <Button look="primary" onClick={() => choose("rates")}>
              <PackagePlus className="size-4" aria-hidden />
              {t("new_shipment")}
            </Button>
          )
        }
      />
      <Tabs<Tab>
        label={t("tabs.label")}
        value={tab}
        onChange={choose}
        tabs={TABS.map((value) => ({
          value,
          label:
            value === "exceptions" && needing > 0 ? (
              <span className="inline-flex items-center gap-1.5">
                {t("tabs.exceptions")} <Badge tone="bad">{needing}</Badge>
              </span>
            ) : (
              t(`tabs.${value}`)
            ),
          content: <Suspense fallback={<Loading />}>{CONTENTS[value]()}</Suspense>,
        }))}
      />
      {shipment !== undefined && (
        <Suspense>
          <Detail
            key={shipment}
            shipmentId={shipment}
            onClose={() => void navigate({ search: (before) => ({ ...before, shipment: undefined }) })}
          />
        </Suspense>
      )}
    </>
  );
}
