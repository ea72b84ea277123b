import { describe, expect, it } from "vitest";
import { whyIgnored } from "@/pages/payments/words";

describe("why a line of the ledger was not applied", () => {
  it("is of another charge where it names one", () => {
    expect(whyIgnored({ detail: { another_charge: "pi_2" } })).toBe("another_charge");
  });

  it("came too late otherwise", () => {
    expect(whyIgnored({ detail: { provider_status: "succeeded" } })).toBe("stale");
  });
});
