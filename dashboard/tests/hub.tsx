// A hub that answers what a test says, and what a hook needs around it.
import type { ReactNode } from "react";
import { QueryClientProvider } from "@tanstack/react-query";
import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import { newQueryClient } from "@/app/queries";
import { type Organization, OrganizationContext } from "@/app/organization";

export const HUB = "http://hub.test";
export const server = setupServer();

export const ORGANIZATION: Organization = {
  id: "0b6c3a52-5f0e-4a86-9a25-1f5d3b8f6a01",
  name: "Demo Trading LLC",
  slug: "demo",
  country: "AE",
  time_zone: "Asia/Dubai",
  role: "owner",
};

interface Asked {
  /** The query of a table, or nothing. */
  search: URLSearchParams;
  /** The arguments of an RPC, or nothing. */
  body: unknown;
}

/** Answer `/rest/v1/<path>`, such as `payments` or `rpc/usage`; returns what was asked, in order. */
export function answer(path: string, reply: unknown, status = 200): Asked[] {
  const seen: Asked[] = [];
  server.use(
    http.all(`${HUB}/rest/v1/${path}`, async ({ request }) => {
      const text = await request.text();
      const asked = { search: new URL(request.url).searchParams, body: text ? (JSON.parse(text) as unknown) : null };
      seen.push(asked);
      return HttpResponse.json(reply as object, { status });
    }),
  );
  return seen;
}

/** For `renderHook`: an open organization, and a cache of the test's own. */
export function inOrganization(organization: Partial<Organization> = {}) {
  const client = newQueryClient();
  return function Around({ children }: { children: ReactNode }) {
    return (
      <QueryClientProvider client={client}>
        <OrganizationContext.Provider value={{ ...ORGANIZATION, ...organization }}>
          {children}
        </OrganizationContext.Provider>
      </QueryClientProvider>
    );
  };
}
