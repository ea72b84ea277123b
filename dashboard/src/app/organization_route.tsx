/** The route above all pages: /o/$slug, which keeps the environment in the address. What it shows: shell.tsx. */
import { createRoute, retainSearchParams } from "@tanstack/react-router";
import { z } from "zod/mini";
import { rootRoute } from "./root_route";

export const environmentSearch = z.object({
  /** Left out: both. */
  environment: z.catch(z.optional(z.enum(["sandbox", "live"])), undefined),
});

export const organizationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/o/$slug",
  validateSearch: environmentSearch,
  search: { middlewares: [retainSearchParams(["environment"])] },
});

/** The environment that is looked at; null: both. */
export function useEnvironment(): "sandbox" | "live" | null {
  return organizationRoute.useSearch().environment ?? null;
}
