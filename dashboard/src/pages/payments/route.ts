/** The route of the page, and what its address holds: the tab, all filters, and the payment that is open. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "@/app/organization_route";
import { textsOf } from "@/lib/i18n";
import { z } from "zod/mini";

const text = z.catch(z.optional(z.string()), undefined);
// A search that is all digits comes out of the address as a number.
const words = z.catch(z.optional(z.pipe(z.union([z.string(), z.number()]), z.transform(String))), undefined);
const amount = z.catch(
  z.optional(
    z.pipe(
      z.pipe(z.union([z.string(), z.number()]), z.transform(String)),
      z.string().check(z.regex(/^\d{1,12}(\.\d{1,6})?$/)),
    ),
  ),
  undefined,
);
const date = z.catch(z.optional(z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/))), undefined);
const id = z.catch(z.optional(z.uuid()), undefined);

export const TABS = ["payments", "gateways", "routing", "links", "disputes", "payouts", "reconciliation"] as const;
export type Tab = (typeof TABS)[number];

export const PARTS = ["overview", "timeline", "ledger", "attempts"] as const;
export type Part = (typeof PARTS)[number];

const searchSchema = z.object({
  /** Which tab is shown; left out: the payments. */
  tab: z.catch(z.optional(z.enum(TABS)), undefined),
  /** The id of a connection. */
  connection: id,
  /** In the words of what the tab lists. */
  status: text,
  method: text,
  minimum: amount,
  maximum: amount,
  /** Days, both included. */
  from: date,
  to: date,
  /** What is searched for. */
  q: words,
  /** The id of a payment link: only its payments. */
  link: id,
  /** The id of the payment whose details are open, and which part of them. */
  payment: id,
  part: z.catch(z.optional(z.enum(PARTS)), undefined),
});
export type PaymentsSearch = z.infer<typeof searchSchema>;

export const paymentsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "payments",
  validateSearch: searchSchema,
  loader: textsOf("payments"),
  component: lazyRouteComponent(() => import("."), "Page"),
});
