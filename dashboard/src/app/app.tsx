/** What surrounds every page: data, session, notices, routes. */
import { Suspense } from "react";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { Direction } from "radix-ui";
import { Loading } from "@/ui/states";
import { Notices } from "./notices";
import { queryClient } from "./queries";
import { router } from "./router";
import { SessionProvider } from "./session";
import { useReadingDirection } from "./style";

export function App() {
  return (
    <Direction.Provider dir={useReadingDirection()}>
      <QueryClientProvider client={queryClient}>
        <SessionProvider>
          <Suspense fallback={<Loading />}>
            <RouterProvider router={router} />
          </Suspense>
          <Notices />
        </SessionProvider>
      </QueryClientProvider>
    </Direction.Provider>
  );
}
