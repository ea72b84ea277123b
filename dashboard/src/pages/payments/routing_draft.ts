/** What the forms of routing hold, as text, and what it means: a connection's terms, and a policy's cases. */
import type { Routing, RoutingChanges } from "@/hooks/gateways";
import type { PolicyCase, RoutingRule } from "@/hooks/payment_routing";
import { compare, isAmount } from "@/lib/decimal";

/** Codes as people type them: by commas or spaces, in any case. */
export function codesOf(text: string): string[] {
  return [
    ...new Set(
      text
        .toUpperCase()
        .split(/[\s,;،]+/)
        .filter(Boolean),
    ),
  ];
}

export interface TermsDraft {
  priority: string;
  weight: string;
  currencies: string;
  countries: string;
  methods: string[];
  minimum: string;
  maximum: string;
  percent: string;
  fixed: string;
  fixedCurrency: string;
}

export function termsDraft(routing: Routing): TermsDraft {
  return {
    priority: String(routing.priority),
    weight: String(routing.weight),
    currencies: routing.currencies.join(", "),
    countries: routing.countries.join(", "),
    methods: routing.methods,
    minimum: text(routing.minimum_amount),
    maximum: text(routing.maximum_amount),
    percent: text(routing.fee_percent),
    fixed: text(routing.fee_fixed),
    fixedCurrency: routing.fee_currency ?? "",
  };
}

const WHOLE = /^\d{1,4}$/;
const MOST = 1000;
const CURRENCY = /^[A-Z]{3}$/;
const COUNTRY = /^[A-Z]{2}$/;

export type Trouble = "whole" | "amount" | "percent" | "currencies" | "currency" | "countries" | "order" | "name";

/** What is wrong, by field; nothing where all is well. */
export function termsTrouble(draft: TermsDraft): Partial<Record<keyof TermsDraft, Trouble>> {
  const whole = (value: string) => WHOLE.test(value) && Number(value) <= MOST;
  const amount = (value: string) => value === "" || isAmount(value);
  return {
    ...(!whole(draft.priority) && { priority: "whole" }),
    ...(!whole(draft.weight) && { weight: "whole" }),
    ...limitsTrouble(draft),
    ...((!amount(draft.percent) || Number(draft.percent) > 100) && { percent: "percent" }),
    ...(!amount(draft.fixed) && { fixed: "amount" }),
    ...(draft.fixedCurrency !== "" &&
      !CURRENCY.test(draft.fixedCurrency.toUpperCase()) && { fixedCurrency: "currency" }),
  };
}

interface Limits {
  currencies: string;
  countries: string;
  minimum: string;
  maximum: string;
}

function limitsTrouble(draft: Limits): Partial<Record<keyof Limits, Trouble>> {
  const amount = (value: string) => value === "" || isAmount(value);
  const both = draft.minimum !== "" && draft.maximum !== "" && amount(draft.minimum) && amount(draft.maximum);
  return {
    ...(!codesOf(draft.currencies).every((code) => CURRENCY.test(code)) && { currencies: "currencies" }),
    ...(!codesOf(draft.countries).every((code) => COUNTRY.test(code)) && { countries: "countries" }),
    ...(!amount(draft.minimum) && { minimum: "amount" }),
    ...(!amount(draft.maximum) && { maximum: "amount" }),
    ...(both && compare(draft.minimum, draft.maximum) > 0 && { maximum: "order" }),
  };
}

/** For the hub. An empty limit or fee is taken away. */
export function termsChanges(draft: TermsDraft): RoutingChanges {
  return {
    priority: Number(draft.priority),
    weight: Number(draft.weight),
    currencies: codesOf(draft.currencies),
    countries: codesOf(draft.countries),
    methods: draft.methods,
    minimum_amount: draft.minimum || null,
    maximum_amount: draft.maximum || null,
    fee_percent: draft.percent || null,
    fee_fixed: draft.fixed || null,
    fee_currency: draft.fixedCurrency.toUpperCase() || null,
  };
}

export interface CaseDraft {
  /** Tells drafts apart while they are moved; the hub never sees it. */
  key: string;
  name: string;
  currencies: string;
  countries: string;
  methods: string[];
  minimum: string;
  maximum: string;
  /** Empty: the policy's own. */
  rule: RoutingRule | "";
  connections: string[];
  exclusive: boolean;
}

export function caseDraft(given: Partial<PolicyCase> = {}): CaseDraft {
  const { when } = given;
  return {
    key: crypto.randomUUID(),
    name: given.name ?? "",
    currencies: (when?.currencies ?? []).join(", "),
    countries: (when?.countries ?? []).join(", "),
    methods: when?.methods ?? [],
    minimum: when?.minimum_amount ?? "",
    maximum: when?.maximum_amount ?? "",
    rule: given.rule ?? "",
    connections: given.connections ?? [],
    exclusive: given.exclusive ?? false,
  };
}

export function caseTrouble(draft: CaseDraft): Partial<Record<keyof CaseDraft, Trouble>> {
  return { ...(draft.name.trim() === "" && { name: "name" }), ...limitsTrouble(draft) };
}

/** For the hub: what says nothing is left out. */
export function caseOf(draft: CaseDraft): PolicyCase {
  const [currencies, countries] = [codesOf(draft.currencies), codesOf(draft.countries)];
  const when = {
    ...(currencies.length > 0 && { currencies }),
    ...(countries.length > 0 && { countries }),
    ...(draft.methods.length > 0 && { methods: draft.methods }),
    ...(draft.minimum && { minimum_amount: draft.minimum }),
    ...(draft.maximum && { maximum_amount: draft.maximum }),
  };
  return {
    name: draft.name.trim(),
    ...(Object.keys(when).length > 0 && { when }),
    ...(draft.rule && { rule: draft.rule }),
    ...(draft.connections.length > 0 && { connections: draft.connections }),
    ...(draft.exclusive && draft.connections.length > 0 && { exclusive: true }),
  };
}

function text(value: string | number | null): string {
  return value === null ? "" : String(value);
}
