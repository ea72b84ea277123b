import { act, renderHook, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it, vi } from "vitest";
import { useReplayDeliveries } from "@/hooks/deliveries";
import { newSecret, useRotateSecret, useSaveSubscription } from "@/hooks/subscriptions";
import { conditionsOf, useReplayWebhookEvents, useWebhookEvents } from "@/hooks/webhook_events";
import { asProblem } from "@/lib/problem";
import { answer, HUB, inOrganization, ORGANIZATION, server } from "../hub";

const KEY = {
  id: "key-1",
  algorithm: "HPKE-X25519-HKDF-SHA256-AES-256-GCM",
  public_key: "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo",
};
const SUBSCRIPTION = "7d0e8a52-5f0e-4a86-9a25-1f5d3b8f6a02";
const FIELDS = {
  name: "Shop",
  url: "https://shop.example/hooks",
  event_types: ["payment.*"],
  connection_id: null,
  environment: null,
  conditions: [],
  template: null,
  ordered: false,
  rate_per_minute: null,
};

describe("webhook events", () => {
  it("are looked for by all that the address holds", () => {
    const conditions = conditionsOf(
      { status: "dead", type: "payment_intent.*", find: "evt_1", connections: ["a", "b"] },
      ORGANIZATION.id,
      "Asia/Dubai",
    );
    expect(conditions).toEqual([
      ["organization_id", "eq", ORGANIZATION.id],
      ["status", "eq", "dead"],
      ["connection_id", "in", "(a,b)"],
      ["event_type", "like", "payment\\_intent.%"],
      ["provider_event_id", "eq", "evt_1"],
    ]);
  });

  it("come page by page, without their bodies", async () => {
    const rows = Array.from({ length: 50 }, (_, place) => ({ id: `e-${place}`, received_at: "2026-11-30T10:00:00Z" }));
    const asked = answer("webhook_events", rows);
    const { result } = renderHook(() => useWebhookEvents({ connections: null }), { wrapper: inOrganization() });
    await waitFor(() => expect(result.current.hasNextPage).toBe(true));
    expect(asked[0]?.search.get("select")?.split(",")).not.toContain("body");
    await act(() => result.current.fetchNextPage());
    expect(asked.at(-1)?.search.get("or")).toBe(
      "(received_at.lt.2026-11-30T10:00:00Z,and(received_at.eq.2026-11-30T10:00:00Z,id.lt.e-49))",
    );
  });

  it("are replayed batch by batch, and tell how far that is", async () => {
    const pages = [200, 3].map((size) =>
      Array.from({ length: size }, (_, place) => ({ id: `e-${size}-${place}`, received_at: "2026-11-30T10:00:00Z" })),
    );
    const asked: URLSearchParams[] = [];
    server.use(
      http.get(`${HUB}/rest/v1/webhook_events`, ({ request }) => {
        asked.push(new URL(request.url).searchParams);
        return HttpResponse.json(pages[asked.length - 1] ?? []);
      }),
      http.post(`${HUB}/rest/v1/rpc/replay_webhook_events`, async ({ request }) => {
        const { event_ids } = (await request.json()) as { event_ids: string[] };
        return HttpResponse.json(event_ids.length);
      }),
    );
    const onProgress = vi.fn();
    const { result } = renderHook(() => useReplayWebhookEvents(), { wrapper: inOrganization() });
    await act(async () => {
      const of = { status: "dead", connections: null };
      expect(await result.current.mutateAsync({ of, onProgress, signal: new AbortController().signal })).toBe(203);
    });
    expect(onProgress.mock.calls).toEqual([[200], [203]]);
    expect(asked[0]?.get("body_erased_at")).toBe("is.null");
    expect(asked[1]?.get("or")).toContain("id.gt.e-200-199");
  });
});

describe("a subscription", () => {
  it("is made with a secret that leaves the page sealed only", async () => {
    const made = answer("webhook_subscriptions", { id: SUBSCRIPTION });
    answer("encryption_keys", [KEY]);
    const rotated = answer("rpc/rotate_webhook_secret", { id: SUBSCRIPTION });
    answer("operations", [{ id: "o-1", status: "succeeded" }]);
    const { result } = renderHook(() => useSaveSubscription(), { wrapper: inOrganization() });
    let secret: string | null = null;
    await act(async () => {
      ({ secret } = await result.current.mutateAsync({ subscription: null, fields: FIELDS }));
    });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(rotated[0]?.body).toMatchObject({
      subscription_id: SUBSCRIPTION,
      secret: { key_id: "key-1" },
      overlap_seconds: 0,
    });
    expect(JSON.stringify([made, rotated])).not.toContain(String(secret));
  });

  it("is not left behind when a worker finds it wrong", async () => {
    const methods: string[] = [];
    server.use(
      http.all(`${HUB}/rest/v1/webhook_subscriptions`, ({ request }) => {
        methods.push(request.method);
        return HttpResponse.json({ id: SUBSCRIPTION });
      }),
    );
    answer("encryption_keys", [KEY]);
    answer("rpc/rotate_webhook_secret", { id: SUBSCRIPTION });
    const error = { code: "invalid_subscription", message: "It is no JSONPath query.", field: "conditions.0" };
    answer("operations", [{ id: "o-1", status: "failed", error }]);
    const { result } = renderHook(() => useSaveSubscription(), { wrapper: inOrganization() });
    const reason = await act(() =>
      result.current.mutateAsync({ subscription: null, fields: FIELDS }).catch((thrown: unknown) => asProblem(thrown)),
    );
    expect(reason).toMatchObject({ field: "conditions.0", message: error.message });
    expect(methods).toEqual(["POST", "DELETE"]);
  });

  it("gets another secret, the former one signing as well for a while", async () => {
    answer("encryption_keys", [KEY]);
    const rotated = answer("rpc/rotate_webhook_secret", { id: SUBSCRIPTION });
    const { result } = renderHook(() => useRotateSecret(), { wrapper: inOrganization() });
    await act(() => result.current.mutateAsync({ subscriptionId: SUBSCRIPTION, overlapSeconds: 3600 }));
    expect(rotated[0]?.body).toMatchObject({ overlap_seconds: 3600 });
    expect(newSecret()).not.toBe(newSecret());
  });
});

describe("deliveries", () => {
  it("of a day are sent anew, subscription by subscription, under keys of their own", async () => {
    const asked = answer("rpc/replay_webhook_deliveries", { id: "o-1" });
    const { result } = renderHook(() => useReplayDeliveries(), { wrapper: inOrganization() });
    const span = { since: "2026-11-29T20:00:00.000Z", until: "2026-11-30T20:00:00.000Z" };
    await act(() =>
      result.current.mutateAsync({
        asked: { span, status: ["dead"], type: null, subscriptions: ["a", "b"] },
        keys: new Map([
          ["a", "key-a"],
          ["b", "key-b"],
        ]),
      }),
    );
    const said = { ...span, filter: { status: ["dead"] } };
    expect(asked.map(({ body }) => body)).toEqual([
      { ...said, subscription_id: "a", idempotency_key: "key-a" },
      { ...said, subscription_id: "b", idempotency_key: "key-b" },
    ]);
  });
});
