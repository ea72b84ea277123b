// What the form can say comes back as it was; what it cannot say is left to JSON.
import { describe, expect, it } from "vitest";
import type { Action, Definition } from "@/hooks/automations";
import { definitionOf, draftOf, fieldsOf, firstAction } from "@/pages/marketing/automation_draft";

const COMMON: Definition = {
  events: ["payment.succeeded"],
  conditions: [
    { field: "data.amount", op: "gte", value: "100" },
    { field: "data.currency", op: "in", value: ["AED", "SAR"] },
    { field: "data.customer.email", op: "exists" },
  ],
  actions: [
    {
      kind: "deal.upsert",
      connection_id: "c-1",
      after_seconds: 172_800,
      with: { reference: "{{ subject_id }}", name: "Order {{ data.reference }}", won: true },
    },
    { kind: "contact.tag", connection_id: "c-1", with: { email: "{{ data.customer.email }}", tags: ["buyer", "vip"] } },
  ],
};

describe("a common shape", () => {
  it("goes through the form unchanged", () => {
    const draft = draftOf(COMMON);
    expect(draft && definitionOf(draft)).toEqual(COMMON);
  });

  it("shows delays in the unit that they are whole in", () => {
    expect(draftOf(COMMON)?.actions[0]).toMatchObject({ delay: "2", unit: "day" });
  });

  it("has no conditions where the list of them is empty", () => {
    expect(draftOf({ ...COMMON, conditions: [] })?.conditions).toEqual([]);
  });
});

describe("what the form has no room for", () => {
  const [deal, tag] = COMMON.actions as [Action, Action];
  it.each<[string, Definition]>([
    ["conditions within conditions", { ...COMMON, conditions: [{ not: { field: "type", op: "exists" } }] }],
    ["an action's own conditions", { ...COMMON, actions: [{ ...tag, when: [{ field: "type", op: "exists" }] }] }],
    ["a number to compare with", { ...COMMON, conditions: [{ field: "data.amount", op: "gt", value: 100 }] }],
    ["fields of the tool's own", { ...COMMON, actions: [{ ...deal, with: { ...deal.with, fields: { a: "b" } } }] }],
    ["a comma within a tag", { ...COMMON, actions: [{ ...tag, with: { ...tag.with, tags: ["a, b"] } }] }],
  ])("%s", (_, definition) => {
    expect(draftOf(definition)).toBeNull();
  });
});

describe("what is suggested", () => {
  it("is of the events that are chosen", () => {
    expect(fieldsOf(["shipment.delivered"])).toContain("data.recipient.email");
    expect(fieldsOf(["shipment.delivered"])).not.toContain("data.customer.email");
  });

  it("is about the person that the event tells of", () => {
    expect(firstAction("contact.tag", ["lead.captured"]).with).toEqual({ email: "{{ data.email }}" });
    expect(firstAction("contact.tag", ["post.failed"]).with).toEqual({});
  });
});
