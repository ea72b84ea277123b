/** The route of the page, and what its address holds. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "@/app/organization_route";
import { textsOf } from "@/lib/i18n";
import { z } from "zod/mini";

const text = z.catch(z.optional(z.string()), undefined);

const searchSchema = z.object({
  /** Which tab is shown. */
  tab: z.catch(z.optional(z.enum(["calendar", "posts", "comments", "engagement", "accounts"])), undefined),
  /** The id of a connection. */
  connection: text,
  status: text,
  /** The id of an account. */
  account: text,
  /** A provider's key. */
  network: text,
  /** Words of the text. */
  q: text,
  /** The post that is open, or whose comments are listed. */
  post: text,
  /** Whose comments. */
  from: z.catch(z.optional(z.enum(["ours", "others"])), undefined),
  /** What the calendar shows, and the day that is chosen, such as 2026-11-30. */
  view: z.catch(z.optional(z.enum(["month", "week"])), undefined),
  day: text,
  /** The composer is open: for a new post, or to change the one of this id. */
  compose: text,
  /** With a new one: the id of a post whose content it begins with, and when it is to be published. */
  copy: text,
  at: text,
  /** How far back figures go, in days. */
  days: z.catch(z.optional(z.literal([7, 30, 90])), undefined),
  /** Which figure of the accounts is drawn. */
  figure: z.catch(z.optional(z.enum(["followers", "reach", "views", "engagements"])), undefined),
});
/** What the address holds. */
export type SocialSearch = z.infer<typeof searchSchema>;

export const socialRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "social",
  validateSearch: searchSchema,
  loader: textsOf("social"),
  component: lazyRouteComponent(() => import("."), "Page"),
});
