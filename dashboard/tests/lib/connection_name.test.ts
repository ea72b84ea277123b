import { expect, it } from "vitest";
import { givenName } from "@/lib/connection_name";

it("is what somebody called a connection, without what the hub adds when it is cut", () => {
  expect(givenName("Stripe UAE (disconnected bc7c8535465e)")).toBe("Stripe UAE");
});

it("leaves every other name as it is", () => {
  expect(givenName("Stripe UAE (disconnected)")).toBe("Stripe UAE (disconnected)");
});
