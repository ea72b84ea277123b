import { expect, it } from "vitest";
import { PAGES } from "@/app/navigation";
import { router } from "@/app/router";

it("leads to routes that there are", () => {
  const routes = Object.keys(router.routesByPath).map((path) => path.replace(/\/$/, ""));
  for (const { to } of PAGES) expect(routes).toContain(to);
});
