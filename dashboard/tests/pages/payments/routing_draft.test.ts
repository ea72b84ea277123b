import { describe, expect, it } from "vitest";
import {
  caseDraft,
  caseOf,
  caseTrouble,
  codesOf,
  termsChanges,
  termsDraft,
  termsTrouble,
} from "@/pages/payments/routing_draft";

const ROUTING = {
  connection_id: "c-1",
  organization_id: "o-1",
  enabled: true,
  priority: 10,
  weight: 1,
  currencies: ["AED"],
  countries: [],
  methods: ["card"],
  minimum_amount: null,
  maximum_amount: "5000.00" as unknown as number,
  fee_percent: 2.9,
  fee_fixed: null,
  fee_currency: null,
  settlement_currency: null,
  updated_at: "2026-11-30T10:00:00Z",
};

describe("a connection's terms", () => {
  it("come back as they were", () => {
    expect(termsChanges(termsDraft(ROUTING))).toEqual({
      priority: 10,
      weight: 1,
      currencies: ["AED"],
      countries: [],
      methods: ["card"],
      minimum_amount: null,
      maximum_amount: "5000.00",
      fee_percent: "2.9",
      fee_fixed: null,
      fee_currency: null,
    });
  });

  it.each([
    ["priority", "1001", "whole"],
    ["weight", "", "whole"],
    ["currencies", "AED, DIRHAM", "currencies"],
    ["countries", "UAE", "countries"],
    ["minimum", "6000", undefined],
    ["percent", "101", "percent"],
    ["fixed", "1,5", "amount"],
  ] as const)("are looked at: %s %j", (name, value, trouble) => {
    const found = termsTrouble({ ...termsDraft(ROUTING), [name]: value });
    if (trouble) expect(found).toEqual({ [name]: trouble });
    else expect(found).toEqual({ maximum: "order" });
  });
});

describe("a case of a policy", () => {
  it("comes back as it was", () => {
    const given = {
      name: "Kuwait",
      when: { currencies: ["KWD"], methods: ["knet"], minimum_amount: "5.000" },
      rule: "lowest_fee",
      connections: ["c-1"],
      exclusive: true,
    } as const;
    const draft = caseDraft({
      ...given,
      when: { ...given.when, currencies: ["KWD"], methods: ["knet"] },
      connections: ["c-1"],
    });
    expect(caseOf(draft)).toEqual(given);
  });

  it("says nothing of what was left empty", () => {
    expect(caseOf({ ...caseDraft(), name: " all ", exclusive: true })).toEqual({ name: "all" });
  });

  it("needs a name", () => expect(caseTrouble(caseDraft())).toEqual({ name: "name" }));

  it("takes codes as people type them", () => expect(codesOf(" aed,SAR،  kwd aed")).toEqual(["AED", "SAR", "KWD"]));
});
