import { renderHook, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { feesByConnection, useGateways } from "@/hooks/gateways";
import { answer, inOrganization } from "../hub";

const gateway = (id: string, name: string, status = "active") => ({ id, name, status });

describe("gateways", () => {
  it("stand in the order in which they are considered, and last, by the name they had, those that are cut", async () => {
    answer("integration_connections", [
      gateway("cut", "Adyen (disconnected bc7c8535465e)", "disconnected"),
      gateway("second", "Checkout.com"),
      gateway("first", "Stripe"),
    ]);
    answer("payment_providers", [
      { connection_id: "first", priority: 1 },
      { connection_id: "second", priority: 2 },
    ]);
    const { result } = renderHook(() => useGateways(), { wrapper: inOrganization() });
    await waitFor(() =>
      expect(result.current.data?.map(({ name }) => name)).toEqual(["Stripe", "Checkout.com", "Adyen"]),
    );
  });

  it("are there for those who may not see how each takes part", async () => {
    answer("integration_connections", [gateway("first", "Stripe")]);
    answer("payment_providers", []);
    const { result } = renderHook(() => useGateways(), { wrapper: inOrganization({ role: "viewer" }) });
    await waitFor(() => expect(result.current.data?.[0]?.routing).toBeNull());
  });
});

it("adds up the fees of days by connection and currency, of payments alone", () => {
  const row = (connection_id: string, currency: string, told: number, category = "payments") =>
    ({ connection_id, category, currency, told, estimated: 0 }) as never;
  const rows = [row("a", "AED", 1.1), row("a", "AED", 2.2), row("a", "KWD", 3), row("b", "AED", 9, "shipping")];
  expect(feesByConnection(rows)).toEqual(
    new Map([
      [
        "a",
        [
          { currency: "AED", told: "3.3", estimated: "0" },
          { currency: "KWD", told: "3", estimated: "0" },
        ],
      ],
    ]),
  );
});
