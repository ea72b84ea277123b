/** The route of the page, and what its address holds. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "@/app/organization_route";
import { textsOf } from "@/lib/i18n";
import { z } from "zod/mini";

const text = z.catch(z.optional(z.string()), undefined);

export const testingRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "testing",
  validateSearch: z.object({
    /** run, credentials, webhooks or compare. */
    tab: text,
    /** The id of a connection. */
    connection: text,
    status: text,
    /** Which operation is to be tried, such as create_payment. */
    action: text,
    /** The operation whose run is shown. */
    operation: text,
    /** The operations that are compared. */
    a: text,
    b: text,
  }),
  loader: textsOf("testing"),
  component: lazyRouteComponent(() => import("."), "Page"),
});
