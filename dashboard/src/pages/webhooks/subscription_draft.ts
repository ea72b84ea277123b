/** The form of a subscription as data: what is typed, what it says, and what is wrong with it before the hub is asked. */
import type { Subscription, SubscriptionFields } from "@/hooks/subscriptions";
import { compile, PathFault } from "./json_path";

export interface Draft {
  name: string;
  url: string;
  /** One a line. */
  event_types: string;
  /** "": of all connections. */
  connection_id: string;
  environment: "both" | "sandbox" | "live";
  conditions: string[];
  /** JSON, or nothing. */
  template: string;
  ordered: boolean;
  rate_per_minute: string;
}

/** A field, or one condition of several, such as `conditions.0`. */
export type Faults = Record<string, "required" | "url" | "event_types" | "rate" | "template">;

const PATTERN = /^(\*|[a-z_]+(\.[a-z_0-9]+)*\.(\*|[a-z_0-9]+))$/;
const URL_FORM = /^https?:\/\/[^/?#\s@\\]+([/?#][^\s\\]*)?$/;
const MOST_A_MINUTE = 60_000;

/** What a form begins with. */
export function draftOf(subscription: Subscription | null): Draft {
  return {
    name: subscription?.name ?? "",
    url: subscription?.url ?? "",
    event_types: subscription?.event_types.join("\n") ?? "",
    connection_id: subscription?.connection_id ?? "",
    environment: subscription?.environment ?? "both",
    conditions: subscription?.conditions ?? [],
    template: subscription?.template == null ? "" : JSON.stringify(subscription.template, null, 2),
    ordered: subscription?.ordered ?? false,
    rate_per_minute: subscription?.rate_per_minute?.toString() ?? "",
  };
}

/** Types of events as they are typed, one a line or between commas. */
export function typesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** What is wrong with a form. */
export function faultsOf(draft: Draft): Faults {
  const faults: Faults = {};
  const rate = Number(draft.rate_per_minute);
  const types = typesOf(draft.event_types);
  if (draft.name.trim() === "") faults["name"] = "required";
  if (!URL_FORM.test(draft.url.trim())) faults["url"] = draft.url.trim() === "" ? "required" : "url";
  if (types.length === 0) faults["event_types"] = "required";
  else if (!types.every((type) => PATTERN.test(type))) faults["event_types"] = "event_types";
  if (draft.rate_per_minute !== "" && !(Number.isInteger(rate) && rate >= 1 && rate <= MOST_A_MINUTE)) {
    faults["rate_per_minute"] = "rate";
  }
  if (templateOf(draft.template) === undefined) faults["template"] = "template";
  return faults;
}

/** The template that is typed; null: none; undefined: what is typed is no JSON object. */
export function templateOf(text: string): Record<string, never> | null | undefined {
  if (text.trim() === "") return null;
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, never>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** What a form without faults says. */
export function fieldsOf(draft: Draft): SubscriptionFields {
  return {
    name: draft.name.trim(),
    url: draft.url.trim(),
    event_types: typesOf(draft.event_types),
    connection_id: draft.connection_id || null,
    environment: draft.environment === "both" ? null : draft.environment,
    conditions: draft.conditions.map((condition) => condition.trim()).filter(Boolean),
    template: templateOf(draft.template) ?? null,
    ordered: draft.ordered,
    rate_per_minute: draft.rate_per_minute === "" ? null : Number(draft.rate_per_minute),
  };
}

/** What a condition would have done: how many of some messages pass it, or where it cannot be read. */
export type Verdict =
  { kind: "limits" } | { kind: "fault"; place: string } | { kind: "passes"; count: number; of: number };

/** Look at a condition as it is typed. */
export function verdictOn(condition: string, messages: readonly unknown[]): Verdict {
  try {
    const passes = compile(condition);
    return { kind: "passes", count: messages.filter(passes).length, of: messages.length };
  } catch (reason) {
    if (!(reason instanceof PathFault)) throw reason;
    return reason.message === "limits" ? { kind: "limits" } : { kind: "fault", place: reason.message };
  }
}

/** Whether a type of event is among patterns: `payment.*` is all that begin so, `*` is all. */
export function isWanted(patterns: readonly string[], type: string): boolean {
  return patterns.some(
    (pattern) =>
      pattern === "*" || pattern === type || (pattern.endsWith(".*") && type.startsWith(pattern.slice(0, -1))),
  );
}
