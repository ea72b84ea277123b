/** The root: nothing is shown to nobody. */
import { createRootRoute, Outlet } from "@tanstack/react-router";
import { NotFound, PageTrouble } from "./page_states";
import { SessionGate } from "./session_gate";

export const rootRoute = createRootRoute({
  component: () => (
    <SessionGate>
      <Outlet />
    </SessionGate>
  ),
  notFoundComponent: NotFound,
  errorComponent: PageTrouble,
});
