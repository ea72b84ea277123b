/** Webhooks: what providers send in, and what is sent on to the organization's own servers. */
import { lazy, Suspense, useMemo } from "react";
import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useActions } from "@/app/actions";
import { useMay } from "@/app/organization";
import { Button } from "@/ui/button";
import { PageHeader } from "@/ui/page_header";
import { Loading } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { EventsTab } from "./events_tab";
import { NO_FILTERS, TABS, useWebhooksSearch, webhooksRoute } from "./route";

const DeliveriesTab = lazy(() => import("./deliveries_tab").then((module) => ({ default: module.DeliveriesTab })));
const DeadTab = lazy(() => import("./dead_tab").then((module) => ({ default: module.DeadTab })));
const TurnedAwayTab = lazy(() => import("./turned_away_tab").then((module) => ({ default: module.TurnedAwayTab })));
const EndpointsTab = lazy(() => import("./endpoints_tab").then((module) => ({ default: module.EndpointsTab })));
const SubscriptionsTab = lazy(() =>
  import("./subscriptions_tab").then((module) => ({ default: module.SubscriptionsTab })),
);

const CONTENT = {
  events: EventsTab,
  deliveries: DeliveriesTab,
  dead: DeadTab,
  turned_away: TurnedAwayTab,
  endpoints: EndpointsTab,
  subscriptions: SubscriptionsTab,
};

export function Page() {
  const { t } = useTranslation("webhooks");
  const { search, set } = useWebhooksSearch();
  const navigate = webhooksRoute.useNavigate();
  const mayChange = useMay("developer");
  const add = useMemo(
    () => (what: "endpoint" | "subscription") =>
      void navigate({ search: { tab: what === "endpoint" ? "endpoints" : "subscriptions", add: what } }),
    [navigate],
  );
  useActions(
    useMemo(
      () =>
        mayChange
          ? (["endpoint", "subscription"] as const).map((what) => ({
              id: `webhooks-${what}`,
              label: t(`add.${what}`),
              icon: Plus,
              run: () => add(what),
            }))
          : [],
      [mayChange, add, t],
    ),
  );
  return (
    <>
      <PageHeader
        title={t("title")}
        description={t("description")}
        actions={
          mayChange && (
            <>
              <Button onClick={() => add("endpoint")}>
                <Plus className="size-4" aria-hidden />
                {t("add.endpoint")}
              </Button>
              <Button look="primary" onClick={() => add("subscription")}>
                <Plus className="size-4" aria-hidden />
                {t("add.subscription")}
              </Button>
            </>
          )
        }
      />
      <Tabs
        label={t("tabs.label")}
        value={search.tab ?? "events"}
        onChange={(tab) => set({ ...NO_FILTERS, tab, connection: search.connection })}
        tabs={TABS.map((tab) => {
          const Content = CONTENT[tab];
          return {
            value: tab,
            label: t(`tabs.${tab}`),
            content: (
              <Suspense fallback={<Loading lines={8} />}>
                <Content />
              </Suspense>
            ),
          };
        })}
      />
    </>
  );
}
