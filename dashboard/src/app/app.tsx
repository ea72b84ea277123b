/** What surrounds every page: data, session, notices, routes. */
import { lazy, Suspense } from "react";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { Direction } from "radix-ui";
import { Loading } from "@/ui/states";
import { WhenIdle } from "@/ui/when_idle";
import { queryClient } from "./queries";
import { router } from "./router";
import { SessionProvider } from "./session";
import { useReadingDirection } from "./style";

const Notices = lazy(() => import("./notices").then((module) => ({ default: module.Notices })));

export function App() {
  return (
    <Direction.Provider dir={useReadingDirection()}>
      <QueryClientProvider client={queryClient}>
        <SessionProvider>
          <Suspense fallback={<Loading />}>
            <RouterProvider router={router} />
          </Suspense>
          <WhenIdle>
            <Notices />
          </WhenIdle>
        </SessionProvider>
      </QueryClientProvider>
    </Direction.Provider>
  );
}
