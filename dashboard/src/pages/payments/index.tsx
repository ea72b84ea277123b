/** Payments: what was taken and given back, through whom, and why. */
import { lazy, Suspense, useMemo } from "react";
import { CreditCard, Link2, Route as RouteIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useActions } from "@/app/actions";
import { useMay } from "@/app/organization";
import { PageHeader } from "@/ui/page_header";
import { Loading } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { PaymentsTab } from "./payments_tab";
import { paymentsRoute, TABS, type Tab } from "./route";
import { useFilters } from "./search";

const GatewaysTab = lazy(() => import("./gateways_tab").then((module) => ({ default: module.GatewaysTab })));
const RoutingTab = lazy(() => import("./routing_tab").then((module) => ({ default: module.RoutingTab })));
const LinksTab = lazy(() => import("./links_tab").then((module) => ({ default: module.LinksTab })));
const DisputesTab = lazy(() => import("./disputes_tab").then((module) => ({ default: module.DisputesTab })));
const PayoutsTab = lazy(() => import("./payouts_tab").then((module) => ({ default: module.PayoutsTab })));
const ReconciliationTab = lazy(() =>
  import("./reconciliation_tab").then((module) => ({ default: module.ReconciliationTab })),
);
const PaymentDrawer = lazy(() => import("./payment_drawer").then((module) => ({ default: module.PaymentDrawer })));

const CONTENTS = {
  payments: PaymentsTab,
  gateways: GatewaysTab,
  routing: RoutingTab,
  links: LinksTab,
  disputes: DisputesTab,
  payouts: PayoutsTab,
  reconciliation: ReconciliationTab,
} as const satisfies Record<Tab, unknown>;

export function Page() {
  const { t } = useTranslation("payments");
  const navigate = paymentsRoute.useNavigate();
  const { search, set } = useFilters();
  const show = useMemo(
    () => (tab: Tab) =>
      // Another list has other filters.
      void navigate({
        search: ({ environment }) => ({ environment, tab: tab === "payments" ? undefined : tab }),
      }),
    [navigate],
  );
  const mayChange = useMay("developer");
  useActions(
    useMemo(
      () => [
        { id: "payments.links", label: t("action.links"), icon: Link2, run: () => show("links") },
        { id: "payments.routing", label: t("action.try"), icon: RouteIcon, run: () => show("routing") },
        ...(mayChange
          ? [{ id: "payments.gateways", label: t("action.gateways"), icon: CreditCard, run: () => show("gateways") }]
          : []),
      ],
      [t, show, mayChange],
    ),
  );
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      <Tabs
        label={t("tabs")}
        value={search.tab ?? "payments"}
        onChange={show}
        tabs={TABS.map((value) => ({ value, label: t(`tab.${value}`), content: <Content tab={value} /> }))}
      />
      {search.payment && (
        <Suspense>
          <PaymentDrawer
            key={search.payment}
            paymentId={search.payment}
            onClose={() => set({ payment: undefined, part: undefined })}
          />
        </Suspense>
      )}
    </>
  );
}

function Content({ tab }: { tab: Tab }) {
  const Shown = CONTENTS[tab];
  return (
    <Suspense fallback={<Loading lines={8} />}>
      <Shown />
    </Suspense>
  );
}
