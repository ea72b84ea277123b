/** An automation's definition as sentences: when this happens, if these conditions hold, then that is done. */
import type { Action, Comparison, Condition, Definition } from "@/hooks/automations";
import type { Language } from "@/lib/format";
import { code, isolate, listed, type Translate, wordsOf } from "./words";

/** What the sentences are told with. */
export interface Teller {
  t: Translate;
  language: Language;
  /** The name of a connection; null: there is none such (any more). */
  connectionName: (id: string) => string | null;
}

export interface RuleStep {
  text: string;
  /** "after 2 hours"; null: at once. */
  delay: string | null;
  /** Its own conditions; null: none. */
  only: string | null;
}

export interface Rule {
  when: string;
  /** Null: always. */
  conditions: string | null;
  steps: RuleStep[];
}

/** The sentences of a definition. What there is no word for is named by its code. */
export function ruleOf(definition: Definition, teller: Teller): Rule {
  const events = definition.events.map((event) => eventWord(event, teller.t));
  return {
    when: teller.t("rule.when", { events: listed(events, teller.language, "disjunction") }),
    conditions: conditionsOf(definition.conditions, teller),
    steps: definition.actions.map((action) => stepOf(action, teller)),
  };
}

/** The rule in one line, for lists. */
export function ruleLine(rule: Rule, { t, language }: Teller): string {
  const steps = rule.steps.map(({ text, delay }) => (delay === null ? text : t("rule.delayed", { delay, text })));
  const then = t("rule.then_line", { steps: listed(steps, language, "conjunction") });
  const parts = [rule.when, rule.conditions && t("rule.if_line", { conditions: rule.conditions }), then];
  return parts.filter(Boolean).join(t("rule.comma"));
}

/** What happens, for `payment.succeeded`, `payment.*`, `*` or `track.sign_up`. */
export function eventWord(event: string, t: Translate): string {
  const word = wordsOf(t, "event")[event === "*" ? "any" : event.replaceAll(".", "_").replace("*", "any")];
  if (word !== undefined) return word;
  if (event.startsWith("track.")) return t("rule.tracked", { name: isolate(event.slice("track.".length)) });
  return t("rule.other_event", { event: code(event) });
}

/** Some conditions that all have to hold; null where there are none. */
function conditionsOf(conditions: readonly Condition[] | undefined, teller: Teller): string | null {
  if (!conditions || conditions.length === 0) return null;
  return listed(
    conditions.map((condition) => conditionOf(condition, teller)),
    teller.language,
    "conjunction",
  );
}

function conditionOf(condition: Condition, teller: Teller): string {
  const { t, language } = teller;
  const each = (nodes: readonly Condition[]) => nodes.map((node) => conditionOf(node, teller));
  if ("all" in condition) return t("rule.group", { conditions: listed(each(condition.all), language, "conjunction") });
  if ("any" in condition) return t("rule.group", { conditions: listed(each(condition.any), language, "disjunction") });
  if ("not" in condition) return t("rule.not", { condition: conditionOf(condition.not, teller) });
  return comparisonOf(condition, teller);
}

function comparisonOf({ field, op, value }: Comparison, { t, language }: Teller): string {
  const values = (Array.isArray(value) ? value : [value]).map((each) => isolate(textOf(each)));
  return t(`rule.op.${op}`, { field: fieldWord(field, t), value: listed(values, language, "disjunction") });
}

/** What a part of the event is called, such as `data.amount`. */
export function fieldWord(field: string, t: Translate): string {
  return wordsOf(t, "field")[field.replaceAll(".", "_")] ?? code(field.replace(/^data\./, ""));
}

const PLACEHOLDER = /\{\{\s*([a-z_A-Z0-9.]+)(?:\s+or\s+(?:"[^"]*"|'[^']*'))?\s*\}\}/g;

/** A text with what stands for parts of the event told in words. */
export function filledText(value: unknown, t: Translate): string {
  return isolate(textOf(value).replace(PLACEHOLDER, (_, field: string) => fieldWord(field, t)));
}

function stepOf(action: Action, teller: Teller): RuleStep {
  return {
    text: actionOf(action, teller),
    delay: action.after_seconds ? teller.t("rule.after", { delay: delayOf(action.after_seconds, teller.t) }) : null,
    only: conditionsOf(action.when, teller),
  };
}

/** What an action does. */
export function actionOf(action: Pick<Action, "kind" | "connection_id" | "with">, teller: Teller): string {
  const { t } = teller;
  const given = action.with;
  const text = (name: string) => (given[name] === undefined ? null : filledText(given[name], t));
  const tags = (name: string) => {
    const all = Array.isArray(given[name]) ? given[name].map((tag) => filledText(tag, t)) : [];
    return all.length > 0 ? listed(all, teller.language, "conjunction") : null;
  };
  const tool = action.connection_id === undefined ? t("rule.the_hub") : toolOf(action.connection_id, teller);
  const who = text("email") ?? text("phone") ?? t("rule.nobody");
  const name = text("name") ?? t("rule.unnamed");
  const added = tags("tags");
  const removed = tags("untags");
  switch (action.kind) {
    case "contact.upsert":
      return added === null
        ? t("rule.keep_contact", { who, tool })
        : t("rule.keep_tagged_contact", { who, tool, tags: added });
    case "contact.tag":
      if (added !== null && removed !== null) return t("rule.retag", { who, tool, tags: added, untags: removed });
      return removed === null
        ? t("rule.tag", { who, tool, tags: added ?? t("rule.unnamed") })
        : t("rule.untag", { who, tool, tags: removed });
    case "contact.event":
      return t("rule.note", { who, tool, name });
    case "deal.upsert":
      return t(given["won"] === true ? "rule.won_deal" : "rule.deal", { name, tool });
    case "event.track":
      return t("rule.track", { name, tool });
    case "lead.upsert":
      return added === null ? t("rule.keep_lead", { who }) : t("rule.keep_tagged_lead", { who, tags: added });
  }
}

function toolOf(connectionId: string, { t, connectionName }: Teller): string {
  const name = connectionName(connectionId);
  return name === null ? t("rule.gone_tool") : isolate(name);
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** Seconds in the largest unit that they are a whole number of. */
export function inUnits(seconds: number): { count: number; unit: "day" | "hour" | "minute" | "second" } {
  for (const [unit, size] of UNITS) {
    if (seconds > 0 && seconds % size === 0) return { count: seconds / size, unit };
  }
  return { count: seconds, unit: "second" };
}

/** "2 hours", as it follows "after". */
export function delayOf(seconds: number, t: Translate): string {
  const { count, unit } = inUnits(seconds);
  return t(`rule.delay.${unit}`, { count });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
