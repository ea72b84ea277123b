import { renderHook, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { http, HttpResponse } from "msw";
import { costSpan, type TrafficQuestion, useUsage } from "@/hooks/analytics";
import { answer, HUB, inOrganization, ORGANIZATION, server } from "../hub";

const QUESTION: TrafficQuestion = { environment: "live", source: "call", by: "provider", provider: "stripe" };

it("asks for what the address says", async () => {
  const asked = answer("rpc/usage", []);
  renderHook(() => useUsage(QUESTION), { wrapper: inOrganization() });
  await waitFor(() => expect(asked).toHaveLength(1));
  expect(asked[0]?.body).toMatchObject({
    organization_id: ORGANIZATION.id,
    zoom: "day",
    breakdown: ["provider"],
    source: "call",
    environment: "live",
    provider_key: "stripe",
  });
  expect(asked[0]?.body).not.toHaveProperty("connection_id");
});

it("reads on where there are more rows than are answered at once", async () => {
  const all = Array.from({ length: 1500 }, (_, calls) => ({ calls }));
  server.use(
    http.post(`${HUB}/rest/v1/rpc/usage`, ({ request }) => {
      const from = Number(new URL(request.url).searchParams.get("offset") ?? 0);
      return HttpResponse.json(all.slice(from, from + 1000));
    }),
  );
  const { result } = renderHook(() => useUsage(QUESTION), { wrapper: inOrganization() });
  await waitFor(() => expect(result.current.data?.rows).toHaveLength(1500));
  expect(result.current.data?.rows.at(-1)).toEqual({ calls: 1499 });
});

it("tells costs by days at the finest", () => {
  const now = new Date("2026-11-30T12:00:00Z");
  expect(costSpan({ range: "24h" }, "Asia/Dubai", now)).toMatchObject({ zoom: "day" });
  expect(costSpan({ range: "7d", zoom: "hour" }, "Asia/Dubai", now).zooms).not.toContain("hour");
});
