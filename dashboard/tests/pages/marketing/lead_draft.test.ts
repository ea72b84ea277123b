// What is left empty stays as it is; what is gone from the form is taken away.
import { describe, expect, it } from "vitest";
import type { Lead } from "@/hooks/leads";
import { leadArguments, leadDraft } from "@/pages/marketing/lead_draft";

const LEAD = {
  email: "fatima@example.ae",
  phone: null,
  first_name: "Fatima",
  last_name: null,
  company: null,
  language: "ar",
  country: "AE",
  tags: ["shop", "vip"],
  attributes: { city: "Dubai", size: "m" },
} as unknown as Lead;

describe("a lead that is changed", () => {
  it("loses the tags and attributes that are gone from the form, and keeps the rest", () => {
    const draft = { ...leadDraft(LEAD), tags: "vip، new", attributes: [["city", "Sharjah"]] as [string, string][] };
    expect(leadArguments(draft, LEAD)).toEqual({
      email: "fatima@example.ae",
      first_name: "Fatima",
      language: "ar",
      country: "AE",
      tags: ["vip", "new"],
      untags: ["shop"],
      attributes: { city: "Sharjah", size: null },
    });
  });
});

describe("a lead that is added", () => {
  it("names where it came from, and what they agreed to", () => {
    const draft = { ...leadDraft(null), email: " a@b.ae ", agreed: true, textVersion: "2" };
    expect(leadArguments(draft, null)).toMatchObject({
      email: "a@b.ae",
      source: "dashboard",
      consents: [{ purpose: "marketing_email", state: "given", text_version: "2" }],
    });
  });

  it("says nothing of consent where none was given", () => {
    expect(leadArguments({ ...leadDraft(null), email: "a@b.ae" }, null)).not.toHaveProperty("consents");
  });
});
