/** The route of the page, and what its address holds. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "@/app/organization_route";
import { textsOf } from "@/lib/i18n";
import { z } from "zod/mini";

const text = z.catch(z.optional(z.string()), undefined);

export const developersRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "developers",
  validateSearch: z.object({
    /** Which tab is shown: keys, reference, events or logs. */
    tab: text,
    /** Keys: which are listed. */
    keys: z.catch(z.optional(z.enum(["all"])), undefined),
    /** Reference: an operation's id. */
    operation: text,
    /** Reference, events, logs: what is searched for. */
    q: text,
    /** Events: the type that is open. */
    event: text,
    /** Logs: the id of a connection. */
    connection: text,
    /** Logs: `error`, or a class such as 4xx; none: there was no answer. */
    status: text,
    /** Logs: what the connector was asked for. */
    call: text,
    /** Logs: how far back. */
    range: text,
    /** Logs: a span of one's own, ISO; it goes before `range`. */
    since: text,
    until: text,
    /** Logs: the id of the open line. */
    log: text,
  }),
  loader: textsOf("developers"),
  component: lazyRouteComponent(() => import("."), "Page"),
});
