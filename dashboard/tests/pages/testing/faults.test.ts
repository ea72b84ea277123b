import { describe, expect, it } from "vitest";
import { faultOf, patternOf } from "@/pages/testing/faults";

describe("a planned fault", () => {
  it("meets the requests it is meant for, with what its kind takes", () => {
    const wanted = { kind: "server_error", request: "POST /v1/payment_intents", times: "2", detail: {} } as const;
    expect(faultOf("stripe", wanted)).toEqual({
      provider: "stripe",
      kind: "server_error",
      times: 2,
      status: 503,
      match: { method: "POST", path: "/v1/payment_intents" },
    });
  });

  it("meets any request when none is named, once when the number is none", () => {
    const wanted = { kind: "rate_limited", request: "", times: "x", detail: { retry_after: "5" } } as const;
    expect(faultOf("tap", wanted)).toEqual({ provider: "tap", kind: "rate_limited", times: 1, retry_after: "5" });
  });
});

describe("a request as a pattern", () => {
  it.each([
    ["http://127.0.0.1:9/stripe/v1/payment_intents", "POST /v1/payment_intents"],
    ["http://127.0.0.1:9/stripe/v1/payment_intents/pi_3Nf8Lk2eZv/capture", "POST /v1/payment_intents/*/capture"],
    ["https://api.stripe.com/v1/charges/4711?expand=1", "POST /v1/charges/*"],
  ])("%s", (url, pattern) => {
    expect(patternOf({ method: "POST", url, provider_key: "stripe" })).toBe(pattern);
  });
});
