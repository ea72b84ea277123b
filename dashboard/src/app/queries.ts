/** How data is fetched and kept. */
import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "@/lib/problem";

const MOST_RETRIES = 2;

/** A client with the dashboard's rules; tests make their own. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // What was refused will be refused again; what may pass is tried twice more.
        retry: (failures, error) => failures < MOST_RETRIES && asProblem(error).passing,
      },
      mutations: { retry: false },
    },
  });
}

export const queryClient = newQueryClient();
