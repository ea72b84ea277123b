/** The routes. Each page has its own in src/pages/<page>/route.ts, and is fetched when it is first opened. */
import { createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { Loading } from "@/ui/states";
import { analyticsRoute } from "@/pages/analytics/route";
import { developersRoute } from "@/pages/developers/route";
import { marketingRoute } from "@/pages/marketing/route";
import { overviewRoute } from "@/pages/overview/route";
import { paymentsRoute } from "@/pages/payments/route";
import { settingsRoute } from "@/pages/settings/route";
import { shippingRoute } from "@/pages/shipping/route";
import { socialRoute } from "@/pages/social/route";
import { testingRoute } from "@/pages/testing/route";
import { webhooksRoute } from "@/pages/webhooks/route";
import { organizationRoute } from "./organization_route";
import { NotFound, PageTrouble } from "./page_states";
import { rootRoute } from "./root_route";
import { OrganizationShell } from "./shell";

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./home"), "Home"),
});

const newOrganizationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/new-organization",
  component: lazyRouteComponent(() => import("./new_organization"), "NewOrganization"),
});

/** Where messages about alerts lead (workers/monitoring/alerts.py). */
const alertRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/alerts/$alert",
  component: lazyRouteComponent(() => import("./alert_link"), "AlertLink"),
});

const routeTree = rootRoute.addChildren([
  homeRoute,
  newOrganizationRoute,
  alertRoute,
  organizationRoute
    .update({ component: OrganizationShell })
    .addChildren([
      overviewRoute,
      paymentsRoute,
      shippingRoute,
      socialRoute,
      marketingRoute,
      developersRoute,
      testingRoute,
      webhooksRoute,
      analyticsRoute,
      settingsRoute,
    ]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  defaultPendingComponent: Loading,
  defaultErrorComponent: PageTrouble,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
