/** The route of the page, and what its address holds. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "@/app/organization_route";
import { textsOf } from "@/lib/i18n";
import { z } from "zod/mini";

const text = z.catch(z.optional(z.string()), undefined);
// A number that is all digits comes out of the address as one.
const digits = z.catch(z.optional(z.pipe(z.union([z.string(), z.number()]), z.transform(String))), undefined);

export const TABS = ["shipments", "rates", "exceptions", "carriers", "pickups", "handover", "locations"] as const;
export type Tab = (typeof TABS)[number];

const search = z.object({
  /** Which tab is shown; shipments when it is left out. */
  tab: z.catch(z.optional(z.enum(TABS)), undefined),
  /** The id of a connection: the carrier. */
  connection: text,
  /** A status, or `under_way` for all that are between a label and the door. */
  status: text,
  /** The beginning of a reference, or a tracking number. */
  q: digits,
  /** Days, such as 2026-11-30, in the organization's time zone; both are included. */
  since: text,
  until: text,
  /** The id of the shipment whose details are open. */
  shipment: text,
  /** The id of the quote whose prices are compared. */
  quote: text,
});

export type ShippingSearch = z.infer<typeof search>;

export const shippingRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "shipping",
  validateSearch: search,
  loader: textsOf("shipping"),
  component: lazyRouteComponent(() => import("."), "Page"),
});
