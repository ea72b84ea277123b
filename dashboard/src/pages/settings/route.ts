/** The route of the page. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "@/app/organization_route";
import { textsOf } from "@/lib/i18n";
import { searchSchema } from "./search";

export const settingsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "settings",
  validateSearch: searchSchema,
  loader: textsOf("settings"),
  component: lazyRouteComponent(() => import("."), "Page"),
});
