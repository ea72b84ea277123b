// What is pasted into a page takes what the form asks, and nothing that somebody wrote becomes markup.
import { describe, expect, it } from "vitest";
import type { FormField } from "@/hooks/lead_forms";
import { htmlOf, scriptOf } from "@/pages/marketing/embed";

const URL = "https://hub.example.ae/functions/v1/forms/abc";
const FIELDS: FormField[] = [
  { name: "email", type: "email", required: true },
  { name: "city", type: "choice", choices: ["Dubai", "A < B"], label: 'The "city"' },
];

describe("the form as HTML", () => {
  const page = new DOMParser().parseFromString(
    htmlOf({ fields: FIELDS, purpose: "marketing_email", consent_text: "I <b>agree</b>." }, URL),
    "text/html",
  );
  const control = (name: string) => page.querySelector<HTMLInputElement>(`[name="${name}"]`);

  it("goes to the form's address", () => {
    expect(page.querySelector("form")?.getAttribute("action")).toBe(URL);
  });

  it("asks for every field, and for the consent", () => {
    expect([control("email")?.type, control("email")?.required]).toEqual(["email", true]);
    expect([...page.querySelectorAll("option")].map(({ text }) => text)).toEqual(["Dubai", "A < B"]);
    expect(control("consent")?.required).toBe(true);
  });

  it("has a field for machines that people do not see", () => {
    expect(control("website")?.hidden).toBe(true);
  });

  it("makes no markup of what somebody wrote", () => {
    expect(page.querySelector("b")).toBeNull();
    expect(page.body.textContent).toContain("I <b>agree</b>.");
  });
});

describe("a form without a purpose", () => {
  const form = { fields: FIELDS, purpose: null, consent_text: null };
  it("asks for no consent", () => {
    expect(htmlOf(form, URL)).not.toContain("consent");
    expect(scriptOf(form, URL)).not.toContain("consent");
  });
});
