/** The route of the page, and what its address holds. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "@/app/organization_route";
import { z } from "zod/mini";

const text = z.catch(z.optional(z.string()), undefined);

export const paymentsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "payments",
  validateSearch: z.object({
    /** Which tab is shown. */
    tab: text,
    /** The id of a connection. */
    connection: text,
    status: text,
  }),
  component: lazyRouteComponent(() => import("."), "Page"),
});
