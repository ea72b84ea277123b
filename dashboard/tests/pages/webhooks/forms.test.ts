import { describe, expect, it } from "vitest";
import { bytesOf, hexDump, textOf, valueOf } from "@/pages/webhooks/body";
import { controlsOf, draftOf as controlsDraft } from "@/pages/webhooks/endpoint_controls";
import { itemsOf } from "@/pages/webhooks/markdown";
import { draftOf, faultsOf, fieldsOf, isWanted, verdictOn } from "@/pages/webhooks/subscription_draft";

const SHOP = { ...draftOf(null), name: " Shop ", url: "https://shop.example/hooks", event_types: "payment.*\n\n*" };

describe("the form of a subscription", () => {
  it("says what is typed, without what is empty", () => {
    expect(faultsOf(SHOP)).toEqual({});
    expect(fieldsOf({ ...SHOP, conditions: ["", " $.a "], rate_per_minute: "60", template: '{"a": 1}' })).toEqual({
      name: "Shop",
      url: "https://shop.example/hooks",
      event_types: ["payment.*", "*"],
      connection_id: null,
      environment: null,
      conditions: ["$.a"],
      template: { a: 1 },
      ordered: false,
      rate_per_minute: 60,
    });
  });

  it.each([
    ["name", { name: " " }, "required"],
    ["url", { url: "" }, "required"],
    ["url", { url: "https://user:secret@shop.example" }, "url"],
    ["event_types", { event_types: "" }, "required"],
    ["event_types", { event_types: "Payment" }, "event_types"],
    ["rate_per_minute", { rate_per_minute: "60001" }, "rate"],
    ["template", { template: "[]" }, "template"],
  ])("finds what is wrong with %s %j", (field, part, fault) => {
    expect(faultsOf({ ...SHOP, ...part })).toEqual({ [field]: fault });
  });

  it("knows which events are wanted", () => {
    expect(isWanted(["payment.*"], "payment.succeeded")).toBe(true);
    expect(isWanted(["payment.*"], "payments.succeeded")).toBe(false);
    expect(isWanted(["*"], "lead.captured")).toBe(true);
  });

  it("says how many of the last messages pass a condition", () => {
    const messages = [{ data: { amount: "5" } }, { data: { amount: "500" } }];
    expect(verdictOn("$[?number(@.amount) > 100]", messages)).toEqual({ kind: "passes", count: 1, of: 2 });
    expect(verdictOn("$[?@.amount >", messages)).toEqual({ kind: "fault", place: "14" });
    expect(verdictOn("$[0, 1]", messages)).toEqual({ kind: "limits" });
  });
});

describe("the rules of an address", () => {
  const ENDPOINT = {
    description: "",
    enabled: true,
    record_only: false,
    max_body_bytes: 1_048_576,
    tolerance_seconds: 300,
    rate_per_second: null,
    rate_burst: null,
    allowed_networks: [],
    ignored_event_types: [],
    body_retention_days: null,
  };

  it("are what is typed; what is empty has no limit", () => {
    const draft = {
      ...controlsDraft(ENDPOINT),
      rate_per_second: "0.5",
      allowed_networks: "10.0.0.0/8, 192.0.2.0/24\n",
    };
    const { changes, wrong } = controlsOf(draft);
    expect(wrong).toEqual([]);
    expect(changes).toMatchObject({
      rate_per_second: 0.5,
      rate_burst: null,
      allowed_networks: ["10.0.0.0/8", "192.0.2.0/24"],
    });
  });

  it("names figures that are out of their bounds", () => {
    const draft = { ...controlsDraft(ENDPOINT), rate_burst: "1.5", tolerance_seconds: "", body_retention_days: "91" };
    expect(controlsOf(draft).wrong).toEqual(["rate_burst", "tolerance_seconds", "body_retention_days"]);
  });
});

describe("a body", () => {
  it("is read as JSON or as a form, else as text or bytes", () => {
    const bytes = bytesOf("\\x7b2261223a317d");
    expect(textOf(bytes)).toBe('{"a":1}');
    expect(valueOf('{"a":1}', "")).toEqual({ a: 1 });
    expect(valueOf("a=1&b=2", "application/x-www-form-urlencoded")).toEqual({ a: "1", b: "2" });
    expect(valueOf("plain", "text/plain")).toBeUndefined();
    expect(textOf(bytesOf("\\xff"))).toBeNull();
    expect(hexDump(bytes)).toMatch(/^000000 {2}7b 22 61 22 3a 31 7d +\{"a":1\}$/);
  });
});

describe("a guide", () => {
  it("has steps, points and code", () => {
    const guide = "First.\n\n1. Open it\n   and wait.\n   - `a`: 1\n2. Call:\n\n       curl -X POST\n       -d x";
    expect(itemsOf(guide)).toEqual([
      { kind: "text", text: "First." },
      { kind: "step", number: 1, text: "Open it and wait." },
      { kind: "point", text: "`a`: 1" },
      { kind: "step", number: 2, text: "Call:" },
      { kind: "code", text: "curl -X POST\n-d x" },
    ]);
  });
});
