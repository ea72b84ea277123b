/** The route of the page, and what its address holds. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "@/app/organization_route";
import { textsOf } from "@/lib/i18n";
import { RANGES, ZOOMS } from "@/lib/figure_period";
import { z } from "zod/mini";

export const TABS = [
  "usage",
  "latency",
  "errors",
  "cost",
  "health",
  "incidents",
  "alerts",
  "inbox",
  "rules",
  "checks",
] as const;
export type Tab = (typeof TABS)[number];
export const BREAKDOWNS = ["provider", "connection", "operation"] as const;
export const SOURCES = ["call", "webhook", "delivery"] as const;
export const PERCENTILES = ["p50", "p95", "p99"] as const;

const text = z.catch(z.optional(z.string()), undefined);
const one = <const V extends readonly string[]>(values: V) => z.catch(z.optional(z.enum(values)), undefined);

export const analyticsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "analytics",
  validateSearch: z.object({
    /** Which tab is shown; usage when it is left out. */
    tab: one(TABS),
    /** The time looked at: a range up to now, or two days and all between them. */
    range: one(RANGES),
    from: text,
    to: text,
    zoom: one(ZOOMS),
    /** Calls to providers when it is left out. */
    source: one(SOURCES),
    /** What figures are broken down by. */
    by: one(BREAKDOWNS),
    percentile: one(PERCENTILES),
    provider: text,
    /** The id of a connection. */
    connection: text,
    operation: text,
    currency: text,
    /** Of alerts and incidents. */
    status: text,
    severity: one(["info", "warning", "critical"]),
    /** The id of a rule: its alerts. */
    rule: text,
    /** What is open: an alert, an incident, or the form of a rule (its id, or true for a new one). */
    alert: text,
    incident: text,
    edit: z.catch(z.optional(z.union([z.literal(true), z.string()])), undefined),
  }),
  loader: textsOf("analytics"),
  component: lazyRouteComponent(() => import("."), "Page"),
});
