/** The route of the page, and what its address holds. Never a name or an address of a person. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "@/app/organization_route";
import { textsOf } from "@/lib/i18n";
import { z } from "zod/mini";

const text = z.catch(z.optional(z.string()), undefined);

export const marketingRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "marketing",
  validateSearch: z.object({
    /** Which tab is shown. */
    tab: text,
    /** The id of a connection. */
    connection: text,
    status: text,
    /** What brought leads, such as form:Newsletter. */
    source: text,
    tag: text,
    /** How leads stand at a tool, such as failed. */
    push: text,
    /** The ids of what is open. */
    lead: text,
    form: text,
    automation: text,
    run: text,
    campaign: text,
    stream: text,
  }),
  loader: textsOf("marketing"),
  component: lazyRouteComponent(() => import("."), "Page"),
});
