/** An automation while it is written in a form: rows of texts, and the definition that they come to. */
import type { Action, ActionKind, Comparison, Definition, Operator } from "@/hooks/automations";
import { inUnits } from "./rule";
import { commaList } from "@/lib/text_lists";

/** What can be said to each kind of action in the form; the rest can be said in JSON. */
export const ACTION_FIELDS: Record<ActionKind, readonly string[]> = {
  "contact.tag": ["email", "tags", "untags"],
  "contact.upsert": ["email", "phone", "first_name", "last_name", "company", "tags"],
  "contact.event": ["email", "name"],
  "deal.upsert": ["reference", "name", "amount", "currency", "stage", "email", "won"],
  "event.track": ["name", "user_id", "client_id", "reference", "amount", "currency"],
  "lead.upsert": ["email", "phone", "first_name", "last_name", "tags"],
};
/** Fields that are lists, written with commas between. */
const LISTS = ["tags", "untags"];
/** Fields that are a box to tick. */
export const BOXES = ["won"];

/** What a connection has to be able to do; null: the hub does it by itself. */
export const CAPABILITY: Record<ActionKind, string | null> = {
  "contact.tag": "tags_contacts",
  "contact.upsert": "keeps_contacts",
  "contact.event": "notes_contact_events",
  "deal.upsert": "keeps_deals",
  "event.track": "tracks_events",
  "lead.upsert": null,
};

export const EVENTS = [
  "lead.captured",
  "lead.updated",
  "lead.confirmed",
  "lead.consent_withdrawn",
  "payment.succeeded",
  "payment.authorized",
  "payment.failed",
  "payment.refunded",
  "refund.succeeded",
  "dispute.opened",
  "shipment.created",
  "shipment.out_for_delivery",
  "shipment.delivered",
  "shipment.exception",
  "shipment.returned",
  "post.published",
  "post.failed",
  "comment.created",
  "campaign.sent",
  "deal.won",
] as const;

const FIELDS_OF: Record<string, readonly string[]> = {
  payment: [
    "amount",
    "currency",
    "reference",
    "method",
    "country",
    "customer.email",
    "customer.name",
    "customer.phone",
  ],
  refund: ["amount", "currency", "reference", "reason", "customer.email", "customer.name"],
  dispute: ["amount", "currency", "reference"],
  shipment: ["reference", "tracking_number", "carrier", "recipient.email", "recipient.name", "recipient.phone"],
  lead: ["email", "phone", "first_name", "last_name", "company", "source", "country", "language"],
  campaign: ["name", "recipients"],
  deal: ["name", "reference", "amount", "currency", "stage"],
};

/** The parts of these events that conditions and placeholders may name. */
export function fieldsOf(events: readonly string[]): string[] {
  const subjects = [...new Set(events.map((event) => event.split(".")[0] ?? ""))];
  const known = subjects.flatMap((subject) => (FIELDS_OF[subject] ?? []).map((field) => `data.${field}`));
  return [...new Set([...known, "subject_id", "type"])];
}

/** The placeholder for whose e-mail address it is, where the events tell of one. */
export function personOf(events: readonly string[]): string {
  const field = fieldsOf(events).find((each) => each.endsWith("email"));
  return field === undefined ? "" : `{{ ${field} }}`;
}

export interface ConditionDraft {
  field: string;
  op: Operator;
  /** Of `in` and `not_in` with commas between. */
  value: string;
}

export interface ActionDraft {
  kind: ActionKind;
  connection: string | null;
  delay: string;
  unit: "second" | "minute" | "hour" | "day";
  with: Record<string, string>;
}

export interface RuleDraft {
  events: string[];
  conditions: ConditionDraft[];
  actions: ActionDraft[];
}

const SECONDS = { second: 1, minute: 60, hour: 3_600, day: 86_400 };

/** Whether an operator compares with something. */
export const compares = (op: Operator) => op !== "exists" && op !== "missing";
const isList = (op: Operator) => op === "in" || op === "not_in";

/** The definition that a draft comes to. */
export function definitionOf({ events, conditions, actions }: RuleDraft): Definition {
  return {
    events,
    ...(conditions.length > 0 && { conditions: conditions.map(comparisonOf) }),
    actions: actions.map(actionOf),
  };
}

function comparisonOf({ field, op, value }: ConditionDraft): Comparison {
  if (!compares(op)) return { field, op };
  return { field, op, value: isList(op) ? commaList(value) : value };
}

function actionOf({ kind, connection, delay, unit, with: given }: ActionDraft): Action {
  const seconds = Math.round(Number(delay) * SECONDS[unit]);
  const said = ACTION_FIELDS[kind].flatMap((name): [string, unknown][] => {
    const text = (given[name] ?? "").trim();
    if (text === "") return [];
    return [[name, LISTS.includes(name) ? commaList(text) : BOXES.includes(name) ? text === "true" : text]];
  });
  return {
    kind,
    ...(connection !== null && { connection_id: connection }),
    ...(seconds > 0 && { after_seconds: seconds }),
    with: Object.fromEntries(said),
  };
}

/** A definition as a draft; null: the form has no room for all that it says. */
export function draftOf(definition: Definition): RuleDraft | null {
  const conditions = definition.conditions ?? [];
  if (!conditions.every((each): each is Comparison => "field" in each)) return null;
  const draft: RuleDraft = {
    events: definition.events,
    conditions: conditions.map(({ field, op, value }) => ({ field, op, value: textOf(value) })),
    actions: definition.actions.map(actionDraftOf),
  };
  return same(definitionOf(draft), definition) ? draft : null;
}

function actionDraftOf({ kind, connection_id, after_seconds = 0, with: given }: Action): ActionDraft {
  const { count, unit } = inUnits(after_seconds);
  return {
    kind,
    connection: connection_id ?? null,
    delay: String(count),
    unit,
    with: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, textOf(value)])),
  };
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}

/** Whether two definitions say the same; an empty list of conditions is none. */
function same(one: Definition, other: Definition): boolean {
  return canonical(one) === canonical({ ...other, conditions: other.conditions ?? [] });
}

function canonical(definition: Definition): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([name, each]) => [name, sorted(each)]),
    );
  };
  return JSON.stringify(sorted({ ...definition, conditions: definition.conditions ?? [] }));
}

/** A rule to begin with. */
export function firstDraft(): RuleDraft {
  return { events: ["lead.captured"], conditions: [], actions: [firstAction("contact.tag", ["lead.captured"])] };
}

/** An action to begin with, about whom the events tell of. */
export function firstAction(kind: ActionKind, events: readonly string[]): ActionDraft {
  const person = personOf(events);
  const named = ACTION_FIELDS[kind].includes("email") && person !== "" ? { email: person } : {};
  return { kind, connection: null, delay: "0", unit: "hour", with: named };
}
