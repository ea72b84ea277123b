import { describe, expect, it } from "vitest";
import { ACTIONS, actionsFor } from "@/pages/testing/actions";
import { argumentsOf } from "@/pages/testing/arguments";

const CONTEXT = { connectionId: "c-1", organizationId: "o-1", idempotencyKey: "k-1" };

function action(key: string) {
  const found = ACTIONS.find((each) => each.key === key);
  if (!found) throw new Error(key);
  return found;
}

describe("an operation's form", () => {
  it("offers what the connector can do", () => {
    expect(actionsFor(["takes_payments", "checks_health"]).map(({ key }) => key)).toEqual([
      "create_payment",
      "sync_payment",
    ]);
  });

  it("makes a whole call of what stands there at first", () => {
    const pay = action("create_payment");
    expect(argumentsOf(pay, pay.asks("stripe"), {}, "", CONTEXT)).toMatchObject({
      args: {
        amount: "25.00",
        payment_method: "pm_card_visa",
        customer: { email: "sara@example.ae" },
        connection_id: "c-1",
        organization_id: "o-1",
        idempotency_key: "k-1",
      },
    });
  });

  it("leaves out what is left empty, and lets further arguments go first", () => {
    const pay = action("create_payment");
    const answers = { payment_method: "", customer: "" };
    const made = argumentsOf(pay, pay.asks("stripe"), answers, '{"amount": "1.00", "locale": "ar"}', CONTEXT);
    expect(made).toMatchObject({ args: { amount: "1.00", locale: "ar" } });
    expect(Object.keys("args" in made ? made.args : {})).not.toContain("payment_method");
  });

  it("says which answer is missing and which is no JSON", () => {
    const ship = action("create_shipment");
    const made = argumentsOf(ship, ship.asks("fedex"), { reference: " ", parcels: "[{" }, "[]", CONTEXT);
    expect(made).toEqual({ faults: { reference: "required", parcels: "json", more: "json" } });
  });

  it("names an account in a list, as the call takes them", () => {
    const post = action("publish_post");
    expect(argumentsOf(post, post.asks("linkedin"), { account_ids: "a-1" }, "", CONTEXT)).toMatchObject({
      args: { account_ids: ["a-1"] },
    });
  });
});
