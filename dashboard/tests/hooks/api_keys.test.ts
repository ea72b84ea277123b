import { act, renderHook, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { lastDays, stateOfKey, usageByKey, useCreateApiKey, useRevokeApiKey, useRotateApiKey } from "@/hooks/api_keys";
import { useApiKeys } from "@/hooks/api_keys";
import { answer, inOrganization, ORGANIZATION } from "../hub";

const MADE = { id: "k-2", name: "Shop", api_key: "wasl_of_a_test", hint: "wasl_of_a" };
const NOW = new Date("2026-11-30T10:00:00Z");
const KEY = { revoked_at: null, expires_at: null, replaced_by: null };

describe("what a key is good for", () => {
  it.each([
    ["active", KEY],
    ["active", { ...KEY, expires_at: "2026-11-30T10:00:01Z" }],
    ["expired", { ...KEY, expires_at: "2026-11-30T10:00:00Z" }],
    ["rotated", { ...KEY, replaced_by: "k-2", expires_at: "2026-12-01T10:00:00Z" }],
    ["expired", { ...KEY, replaced_by: "k-2", expires_at: "2026-11-29T10:00:00Z" }],
    ["revoked", { ...KEY, revoked_at: "2026-11-30T09:00:00Z", expires_at: "2026-11-29T10:00:00Z" }],
  ])("is %s", (state, key) => {
    expect(stateOfKey(key, NOW)).toBe(state);
  });
});

describe("usage", () => {
  it("has a figure for each day, by UTC", () => {
    const days = lastDays(NOW, 3);
    expect(days).toEqual(["2026-11-28", "2026-11-29", "2026-11-30"]);
    const rows = [
      { api_key_id: "k-1", day: "2026-11-30", requests: 7 },
      { api_key_id: "k-1", day: "2026-11-28", requests: 2 },
      { api_key_id: "k-2", day: "2026-11-29", requests: 1 },
    ];
    expect(usageByKey(rows, days)).toEqual(
      new Map([
        ["k-1", [2, 0, 7]],
        ["k-2", [0, 1, 0]],
      ]),
    );
  });
});

describe("keys", () => {
  it("are those of the organization, and never with their hash", async () => {
    const asked = answer("api_keys", []);
    const { result } = renderHook(() => useApiKeys(true), { wrapper: inOrganization() });
    await waitFor(() => expect(result.current.data).toEqual([]));
    expect(asked[0]?.search.get("organization_id")).toBe(`eq.${ORGANIZATION.id}`);
    expect(asked[0]?.search.get("select")).not.toContain("key_hash");
  });

  it("are made for the open organization, and told once", async () => {
    const asked = answer("rpc/create_api_key", MADE);
    const { result } = renderHook(() => useCreateApiKey(), { wrapper: inOrganization() });
    const made = await act(() => result.current.mutateAsync({ name: "Shop", scopes: ["payments:*"] }));
    expect(made.api_key).toBe(MADE.api_key);
    expect(asked[0]?.body).toEqual({ name: "Shop", scopes: ["payments:*"], organization_id: ORGANIZATION.id });
  });

  it("are rotated with an overlap, and revoked", async () => {
    const rotated = answer("rpc/rotate_api_key", MADE);
    const revoked = answer("rpc/revoke_api_key", null);
    const rotate = renderHook(() => useRotateApiKey(), { wrapper: inOrganization() });
    await act(() => rotate.result.current.mutateAsync({ keyId: "k-1", overlapHours: 24 }));
    expect(rotated[0]?.body).toEqual({ api_key_id: "k-1", overlap: "24 hours" });
    const revoke = renderHook(() => useRevokeApiKey(), { wrapper: inOrganization() });
    await act(() => revoke.result.current.mutateAsync("k-1"));
    expect(revoked[0]?.body).toEqual({ api_key_id: "k-1" });
  });
});
