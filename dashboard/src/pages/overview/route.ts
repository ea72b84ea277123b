/** The route of the page, and what its address holds. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "@/app/organization_route";
import { textsOf } from "@/lib/i18n";
import { z } from "zod/mini";

export const overviewRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/",
  validateSearch: z.object({
    /** The connect dialog is open: true, or for this provider. */
    connect: z.catch(z.optional(z.union([z.literal(true), z.string()])), undefined),
    /** Which connections are listed. */
    state: z.catch(z.optional(z.enum(["trouble"])), undefined),
  }),
  loader: textsOf("overview"),
  component: lazyRouteComponent(() => import("."), "Page"),
});
