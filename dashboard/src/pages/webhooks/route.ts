/** The route of the page, and what its address holds. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "@/app/organization_route";
import { textsOf } from "@/lib/i18n";
import { PERIODS } from "@/lib/period";
import { z } from "zod/mini";

const text = z.catch(z.optional(z.string()), undefined);

export const TABS = ["events", "deliveries", "dead", "turned_away", "endpoints", "subscriptions"] as const;

export const webhooksRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "webhooks",
  validateSearch: z.object({
    /** Which tab is shown. */
    tab: z.catch(z.optional(z.enum(TABS)), undefined),
    /** The id of a connection. */
    connection: text,
    status: text,
    /** A type of event, in which `*` stands for any part. */
    type: text,
    /** The provider's id of an event, or the hub's. */
    find: text,
    period: z.catch(z.optional(z.enum(PERIODS)), undefined),
    from: text,
    to: text,
    /** Why a request was turned away. */
    reason: text,
    /** Deliveries of one event of the hub. */
    about: text,
    /** Deliveries to one subscription; on its own tab, the one that is open. */
    subscription: text,
    /** The webhook event, endpoint, request or delivery that is open. */
    event: text,
    endpoint: text,
    request: text,
    delivery: text,
    /** The form that is open. */
    add: z.catch(z.optional(z.enum(["endpoint", "subscription"])), undefined),
  }),
  loader: textsOf("webhooks"),
  component: lazyRouteComponent(() => import("."), "Page"),
});

export type WebhooksSearch = ReturnType<typeof webhooksRoute.useSearch>;

/** What the address holds, and a way to change some of it. */
export function useWebhooksSearch() {
  const search = webhooksRoute.useSearch();
  const navigate = webhooksRoute.useNavigate();
  const set = (change: Partial<WebhooksSearch>) => void navigate({ search: (before) => ({ ...before, ...change }) });
  return { search, set };
}

/** The filters of every list, emptied. */
export const NO_FILTERS = {
  connection: undefined,
  status: undefined,
  type: undefined,
  find: undefined,
  period: undefined,
  from: undefined,
  to: undefined,
  reason: undefined,
  about: undefined,
  subscription: undefined,
};
