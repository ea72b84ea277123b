import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isComputed, matching, type Operation, readReference, typeOf } from "@/pages/developers/reference/document";
import { exampleIn, literal } from "@/pages/developers/reference/examples";
import { heldToSandbox, reachOf, Refused } from "@/pages/developers/reference/guard";
import { redacted, REDACTED } from "@/pages/developers/reference/redact";
import {
  fieldsOf,
  type Request,
  requestOf,
  type Values,
  type Way,
  WrongValue,
} from "@/pages/developers/reference/request";
import { exampleRequest, usualWay } from "@/pages/developers/reference/request_examples";
import { linesOf } from "@/pages/developers/reference/schema_table";
import { answer, ORGANIZATION } from "../../hub";

const document = JSON.parse(readFileSync("../docs/openapi.json", "utf8")) as { paths: Record<string, object> };
const reference = readReference(document);
const HUB = "https://hub.example";

function operation(id: string): Operation {
  const found = reference.byId.get(id);
  if (!found) throw new Error(`there is no ${id}`);
  return found;
}

function request(id: string, values: Values, way: Way = "write"): Request {
  const fields = fieldsOf(operation(id), reference.resolve);
  return requestOf(operation(id), fields, values, way, ORGANIZATION.id);
}

describe("the document", () => {
  it("is read whole: every method of every path, in one of its groups", () => {
    const wanted = Object.values(document.paths).flatMap((methods) => Object.keys(methods)).length;
    expect(reference.byId.size).toBe(wanted);
    expect(reference.groups.flatMap(({ operations }) => operations)).toHaveLength(wanted);
  });

  it("has everything it refers to in its place", () => {
    const parameters = operation("list_payments").parameters;
    expect(parameters.find(({ name }) => name === "status")).toMatchObject({ in: "query", required: false });
    const [ok] = operation("list_payments").replies;
    const lines = linesOf(ok?.schema ?? {}, reference.resolve) ?? [];
    const computed = lines.filter(({ schema }) => isComputed(schema)).map(({ name }) => name);
    expect(computed).toEqual(["billing_address", "customer", "shipping_address"]);
  });

  it("complains of a reference that leads nowhere", () => {
    const broken = {
      tags: [],
      paths: { "/x": { get: { operationId: "x", responses: { 200: { $ref: "#/components/y" } } } } },
    };
    expect(() => readReference(broken)).toThrow("#/components/y");
  });

  it("is searched by every word", () => {
    const found = matching([...reference.byId.values()], "refund post");
    expect(found.map(({ id }) => id)).toContain("refund_payment");
    expect(matching([...reference.byId.values()], "refund nowhere")).toEqual([]);
  });

  it("says types in a few words", () => {
    expect(typeOf({ type: ["string", "null"], format: "uuid" }, reference.resolve)).toBe("uuid | null");
    expect(typeOf({ type: "array", items: { type: "string" } }, reference.resolve)).toBe("array of string");
    expect(typeOf({}, reference.resolve)).toBe("JSON");
  });
});

describe("a request", () => {
  it("is held to the sandbox and to the open organization, whatever was typed", () => {
    const typed = { "body.environment": "live", "body.organization_id": "other" };
    const values = { ...typed, "body.amount": "9.00", "body.currency": "AED", "body.reference": "order-1" };
    expect(request("create_payment", values).body).toMatchObject({
      environment: "sandbox",
      organization_id: ORGANIZATION.id,
      amount: "9.00",
    });
    const { query } = request("list_payments", { "query.status": "eq.captured", "query.environment": "eq.live" });
    expect(query).toEqual(
      expect.arrayContaining([
        ["environment", "eq.sandbox"],
        ["organization_id", `eq.${ORGANIZATION.id}`],
        ["status", "eq.captured"],
      ]),
    );
  });

  it("of a read goes by GET, with lists as the hub wants them", () => {
    const { method, query, body } = request(
      "usage",
      { "body.since": "2026-11-01", "body.breakdown": '["operation"]' },
      "read",
    );
    expect([method, body]).toEqual(["GET", null]);
    expect(query).toContainEqual(["breakdown", '{"operation"}']);
  });

  it.each([
    ["create_payment", {}, "body.amount", "required"],
    [
      "create_payment",
      { "body.amount": "1", "body.currency": "AED", "body.reference": "r", "body.metadata": "{" },
      "body.metadata",
      "json",
    ],
    ["hide_comment", { "body.comment_id": "c", "body.hidden": "perhaps" }, "body.hidden", "boolean"],
  ])("of %s names the field at fault", (id, values, field, kind) => {
    let wrong: unknown;
    try {
      request(id, values);
    } catch (reason) {
      wrong = reason;
    }
    expect(wrong).toBeInstanceOf(WrongValue);
    expect(wrong).toMatchObject({ field, kind });
  });
});

describe("what may be tried", () => {
  it.each([
    ["list_payments", "read"],
    ["create_payment", "sandbox"],
    ["refund_payment", "named"],
    ["remove_member", "read_only"],
    ["find_leads", "read_only"],
    ["create_api_key", "never"],
    ["issue_token", "never"],
    ["add_alert_channels", "never"],
    ["change_alert_rules", "sandbox"],
  ])("%s: %s", (id, reach) => {
    expect(reachOf(operation(id), reference)).toBe(reach);
  });

  it("is called as a read first, unless it takes an idempotency key or is about one thing", () => {
    const ways = ["usage", "create_payment", "refund_payment", "list_payments", "remove_alert_rules"].map((id) =>
      usualWay(operation(id), reachOf(operation(id), reference)),
    );
    expect(ways).toEqual(["read", "write", "write", "read", "write"]);
  });
});

describe("the guard", () => {
  const { signal } = new AbortController();
  const refund = () => request("refund_payment", { "body.payment_id": "p-1" });

  it("lets a write go to what is of the sandbox", async () => {
    const asked = answer("payments", [{ environment: "sandbox" }]);
    await heldToSandbox(refund(), "named", signal);
    expect(asked[0]?.search.get("id")).toBe("in.(p-1)");
  });

  it.each([
    ["live", [{ environment: "live" }]],
    ["of both", [{ environment: null }]],
    ["not there", []],
  ])("stops a write to what is %s", async (_, rows) => {
    answer("payments", rows);
    await expect(heldToSandbox(refund(), "named", signal)).rejects.toMatchObject({
      reason: "names_live",
      field: "payment_id",
    });
  });

  it("follows what says no environment itself", async () => {
    answer("social_posts", [{ account_id: "a-1" }]);
    answer("social_media_accounts", [{ connection_id: "c-1" }]);
    answer("integration_connections", [{ environment: "live" }]);
    const retry = request("retry_post", { "body.post_id": "p-1" });
    await expect(heldToSandbox(retry, "named", signal)).rejects.toBeInstanceOf(Refused);
  });

  it("stops what would change every row, and a write where only reads are tried", async () => {
    const everything = request("remove_alert_rules", {});
    await expect(heldToSandbox(everything, "sandbox", signal)).rejects.toMatchObject({ reason: "no_filter" });
    const one = request("remove_alert_rules", { "query.id": "eq.r-1" });
    await heldToSandbox(one, "sandbox", signal);
    const member = request("remove_member", { "body.user_id": "u-1" });
    await expect(heldToSandbox(member, "read_only", signal)).rejects.toMatchObject({ reason: "other_method" });
  });
});

describe("an answer", () => {
  it("is shown without secrets, by name and by what they look like", () => {
    const shown = redacted({
      id: "p-1",
      idempotency_key: "order-1",
      client_secret: "anything",
      items: [{ access_token: "t" }],
      note: "use wasl_AAAAAAAAAAAAAAAAAAAAAAAAAAAA now",
      status: 200,
      secret: null,
    });
    expect(shown).toEqual({
      id: "p-1",
      idempotency_key: "order-1",
      client_secret: REDACTED,
      items: [{ access_token: REDACTED }],
      note: `use ${REDACTED} now`,
      status: 200,
      secret: null,
    });
  });
});

describe("examples", () => {
  const refund = { "body.payment_id": "p-1", "body.amount": "5.00", "body.reason": "it's late" };

  it("call the SDK's own method with the form's values", () => {
    const text = exampleIn("python", operation("refund_payment"), request("refund_payment", refund), HUB) ?? "";
    expect(text).toContain('hub.payments.refund(payment_id="p-1", amount="5.00", reason="it\'s late")');
    expect(text).toContain('api_key="wasl_..."');
    const usage = request("usage", { "body.since": "2026-11-01T00:00:00Z" }, "read");
    expect(exampleIn("python", operation("usage"), usage, HUB)).toContain(
      'since=datetime.fromisoformat("2026-11-01T00:00:00Z")',
    );
  });

  it("say so where the SDK has no method", () => {
    const set = request("set_member", { "body.user_id": "u", "body.role": "viewer", "body.email": "a@example.ae" });
    expect(exampleIn("python", operation("set_member"), set, HUB)).toBeNull();
  });

  it("are what supabase-js takes", () => {
    const list = request("list_payments", {
      "query.status": "eq.captured",
      "query.order": "created_at.desc",
      "query.limit": "5",
    });
    const text = exampleIn("typescript", operation("list_payments"), list, HUB) ?? "";
    expect(text).toContain('.from("payments")\n  .select("*")');
    expect(text).toContain('.eq("status", "captured")');
    expect(text).toContain('.order("created_at", { ascending: false })');
    expect(text).toContain(".limit(5);");
    expect(
      exampleIn("typescript", operation("usage"), request("usage", { "body.since": "2026-11-01" }, "read"), HUB),
    ).toContain("{ get: true }");
  });

  it("survive a shell", () => {
    const text = exampleIn("curl", operation("refund_payment"), request("refund_payment", refund), HUB) ?? "";
    expect(text).toContain(`"reason":"it'\\''s late"`);
    expect(text).toContain("client_secret=wasl_...");
    expect(text).not.toContain("-X POST");
  });

  it("can be made of every operation with nothing filled in", () => {
    for (const each of reference.byId.values()) {
      const fields = fieldsOf(each, reference.resolve);
      const made = exampleRequest(each, fields, {}, usualWay(each, reachOf(each, reference)), ORGANIZATION.id);
      expect([each.id, exampleIn("curl", each, made, HUB)]).toEqual([each.id, expect.stringContaining(HUB)]);
    }
  });

  it("write values as Python does", () => {
    expect(literal({ a: [true, null, 1.5, "x"] })).toBe('{"a": [True, None, 1.5, "x"]}');
  });
});
