import { act, renderHook, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { useRefundPayment } from "@/hooks/payment_actions";
import { leftToRefund } from "@/hooks/payment_detail";
import { linkState } from "@/hooks/payment_links";
import { useTryRoute } from "@/hooks/payment_routing";
import { dayOf, searched, usePayments } from "@/hooks/payments";
import { answer, inOrganization, ORGANIZATION } from "../hub";

const PAYMENT = "7d0e8a52-5f0e-4a86-9a25-1f5d3b8f6a02";
const row = (index: number) => ({
  id: `p-${index}`,
  created_at: `2026-11-30T10:00:${String(59 - index).padStart(2, "0")}.123456+00:00`,
});

describe("the list of payments", () => {
  it("is narrowed by every filter, days by the organization's calendar", async () => {
    const asked = answer("payments", []);
    const filters = {
      status: "failed",
      connection: "c-1",
      method: "card",
      minimum: "10.00",
      maximum: "99.90",
      from: "2026-11-01",
      to: "2026-11-30",
      q: "INV-7",
      environment: "sandbox",
    } as const;
    const { result } = renderHook(() => usePayments(filters), { wrapper: inOrganization() });
    await waitFor(() => expect(result.current.isSuccess).toBe(true));
    const search = asked[0]?.search;
    expect(search?.getAll("created_at")).toEqual(["gte.2026-10-31T20:00:00.000Z", "lt.2026-11-30T20:00:00.000Z"]);
    expect(search?.getAll("amount")).toEqual(["gte.10.00", "lte.99.90"]);
    expect(Object.fromEntries(search ?? [])).toMatchObject({
      organization_id: `eq.${ORGANIZATION.id}`,
      status: "eq.failed",
      connection_id: "eq.c-1",
      method: "eq.card",
      environment: "eq.sandbox",
      or: '(reference.ilike."%INV-7%",provider_payment_id.eq."INV-7")',
    });
  });

  it("does not ask for a status that there is not", async () => {
    const asked = answer("payments", []);
    const filters = { status: "nonsense", environment: null };
    const { result } = renderHook(() => usePayments(filters), { wrapper: inOrganization() });
    await waitFor(() => expect(result.current.isSuccess).toBe(true));
    expect(asked[0]?.search.has("status")).toBe(false);
  });

  it("goes on after the last row of a full page", async () => {
    const asked = answer(
      "payments",
      Array.from({ length: 50 }, (_, index) => row(index)),
    );
    const filters = { environment: null };
    const { result } = renderHook(() => usePayments(filters), { wrapper: inOrganization() });
    await waitFor(() => expect(result.current.hasNextPage).toBe(true));
    await act(() => result.current.fetchNextPage());
    const { created_at, id } = row(49);
    expect(asked[1]?.search.get("or")).toBe(
      `(created_at.lt."${created_at}",and(created_at.eq."${created_at}",id.lt."${id}"))`,
    );
  });

  it("searches for what was typed, whatever signs it has", () => {
    expect(searched('a%b_"c')).toBe(String.raw`reference.ilike."%a\\%b\\_\"c%",provider_payment_id.eq."a%b_\"c"`);
  });

  it("knows when a day begins, also where the clocks change", () => {
    expect(dayOf("2026-11-30", "Asia/Dubai").toISOString()).toBe("2026-11-29T20:00:00.000Z");
    expect(dayOf("2026-03-29", "Europe/Berlin", 1).toISOString()).toBe("2026-03-29T22:00:00.000Z");
    expect(dayOf("2026-11-30", "Pacific/Auckland").toISOString()).toBe("2026-11-29T11:00:00.000Z");
  });
});

describe("what is left to refund", () => {
  it("counts pending refunds as given, and failed ones not", () => {
    const refunds = [
      { amount: "10.00" as unknown as number, status: "succeeded" },
      { amount: "5.50" as unknown as number, status: "pending" },
      { amount: "80.00" as unknown as number, status: "failed" },
    ] as const;
    expect(leftToRefund("99.00", refunds)).toBe("83.50");
  });
});

describe("refunding", () => {
  const args = { payment_id: PAYMENT, amount: "40.00", reason: "" };
  const key = (body: unknown) => (body as { idempotency_key: string }).idempotency_key;

  it("repeats the same call when it is not known what came of it", async () => {
    const asked = answer("rpc/refund_payment", { message: "upstream" }, 503);
    const { result } = renderHook(() => useRefundPayment(args), { wrapper: inOrganization() });
    await act(() => result.current.mutateAsync().catch(() => undefined));
    await act(() => result.current.mutateAsync().catch(() => undefined));
    expect(asked).toHaveLength(2);
    expect(key(asked[0]?.body)).toBe(key(asked[1]?.body));
  });

  it("is another try after a refusal of the gateway", async () => {
    const asked = answer("rpc/refund_payment", { id: "r-1" });
    answer("operations", { id: "o-1", status: "failed", error: { code: "declined", message: "Not any more." } });
    const { result } = renderHook(() => useRefundPayment(args), { wrapper: inOrganization() });
    let told = "";
    const tryIt = () => result.current.mutateAsync().catch((reason: unknown) => void (told = String(reason)));
    await act(tryIt);
    await act(tryIt);
    expect(told).toContain("Not any more.");
    expect(key(asked[0]?.body)).not.toBe(key(asked[1]?.body));
    expect(asked[0]?.body).not.toHaveProperty("reason");
  });
});

describe("trying a route", () => {
  it("tells why each gateway was left out when none can take it", async () => {
    const skipped = [{ connection_id: "c-1", provider: "stripe", reason: "switched off" }];
    answer("rpc/route_payment", { id: "o-1", status: "failed", error: { code: "no_connection", skipped } });
    const { result } = renderHook(() => useTryRoute(), { wrapper: inOrganization() });
    let trial: unknown;
    await act(async () => {
      trial = await result.current.mutateAsync({ amount: "1.00", currency: "AED" });
    });
    expect(trial).toEqual({ route: null, skipped });
  });
});

describe("a payment link", () => {
  const now = new Date("2026-11-30T12:00:00Z");
  it.each([
    ["active", null, "active"],
    ["active", "2026-11-30T11:59:59Z", "expired"],
    ["active", "2026-11-30T12:00:01Z", "active"],
    ["paid", "2026-11-30T11:59:59Z", "paid"],
  ] as const)("that is %s and ends at %s is %s", (status, expires_at, state) =>
    expect(linkState({ status, expires_at }, now)).toBe(state),
  );
});
