// Definitions are told as sentences, in both languages.
import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import type { Condition, Definition } from "@/hooks/automations";
import arabic from "@/locales/ar/marketing.json";
import english from "@/locales/en/marketing.json";
import { delayOf, eventWord, ruleLine, ruleOf, type Teller } from "@/pages/marketing/rule";
import type { Translate } from "@/pages/marketing/words";

const TOOL = "0b6c3a52-5f0e-4a86-9a25-1f5d3b8f6a02";
const texts = i18next.createInstance();
const marks = /[\u2066-\u2069]/g;

beforeAll(() =>
  texts.init({
    resources: { en: { marketing: english }, ar: { marketing: arabic } },
    ns: ["marketing"],
    defaultNS: "marketing",
    interpolation: { escapeValue: false },
  }),
);

function teller(language: "en" | "ar"): Teller {
  const t = texts.getFixedT(language) as unknown as Translate;
  return { t, language, connectionName: (id) => (id === TOOL ? "Mailchimp" : null) };
}

function line(definition: Definition, language: "en" | "ar" = "en"): string {
  return ruleLine(ruleOf(definition, teller(language)), teller(language)).replace(marks, "");
}

const TAG = {
  kind: "contact.tag" as const,
  connection_id: TOOL,
  with: { email: "{{ data.customer.email }}", tags: ["buyer"] },
};

describe("a rule in one line", () => {
  it("says when, if and then", () => {
    const definition: Definition = {
      events: ["payment.succeeded", "payment.authorized"],
      conditions: [
        { field: "data.amount", op: "gte", value: "100" },
        { field: "data.currency", op: "in", value: ["AED", "SAR"] },
      ],
      actions: [{ ...TAG, after_seconds: 7_200 }],
    };
    expect(line(definition)).toBe(
      "When a payment succeeds or a payment is authorized, if the amount is at least 100 and the currency is AED or SAR, " +
        "then after 2 hours: tag the customer's e-mail with buyer in Mailchimp.",
    );
  });

  it("says it in Arabic, and nothing of it in English but names and values", () => {
    const definition: Definition = {
      events: ["payment.succeeded"],
      conditions: [{ field: "data.amount", op: "gte", value: "100" }],
      actions: [{ ...TAG, after_seconds: 7_200 }],
    };
    expect(line(definition, "ar")).toBe(
      "عند نجاح دفعة، إذا تحقق أن قيمة المبلغ لا تقل عن 100، يجري بعد ساعتين: وسم بريد العميل بـ buyer في Mailchimp.",
    );
  });

  it("leaves the conditions out where there are none", () => {
    expect(line({ events: ["lead.captured"], actions: [{ kind: "lead.upsert", with: { email: "a@b.ae" } }] })).toBe(
      "When a lead comes in, then keep a@b.ae as a lead.",
    );
  });

  it("tells that a connection is gone", () => {
    const actions = [{ ...TAG, connection_id: "0b6c3a52-5f0e-4a86-9a25-1f5d3b8f6a99" }];
    expect(line({ events: ["deal.won"], actions })).toContain("a tool that is not connected any more");
  });
});

describe("conditions within conditions", () => {
  const paid: Condition = { field: "data.method", op: "eq", value: "card" };
  const named: Condition = { field: "data.customer.email", op: "exists" };
  it.each<[string, Condition, string]>([
    ["any of them", { any: [paid, named] }, "(the payment method is card or the customer's e-mail is there)"],
    ["all of them", { all: [paid, named] }, "(the payment method is card and the customer's e-mail is there)"],
    ["not so", { not: named }, "it is not so that the customer's e-mail is there"],
  ])("%s", (_, condition, said) => {
    const rule = ruleOf({ events: ["*"], conditions: [condition], actions: [TAG] }, teller("en"));
    expect(rule.conditions?.replace(marks, "")).toBe(said);
  });

  it("belong to a single action too", () => {
    const [step] = ruleOf({ events: ["*"], actions: [{ ...TAG, when: [paid] }] }, teller("en")).steps;
    expect(step?.only?.replace(marks, "")).toBe("the payment method is card");
  });
});

describe("events", () => {
  it.each([
    ["payment.*", "anything happens to a payment"],
    ["*", "anything happens"],
    ["track.sign_up", "“sign_up” is tracked"],
    ["something.else", "something.else happens"],
  ])("%s", (event, said) => {
    expect(eventWord(event, teller("en").t).replace(marks, "")).toBe(said);
  });
});

describe("delays", () => {
  it.each([
    [86_400, "1 day", "يوم واحد"],
    [10_800, "3 hours", "3 ساعات"],
    [90, "90 seconds", "90 ثانية"],
  ])("%i seconds", (seconds, inEnglish, inArabic) => {
    expect([delayOf(seconds, teller("en").t), delayOf(seconds, teller("ar").t)]).toEqual([inEnglish, inArabic]);
  });
});
