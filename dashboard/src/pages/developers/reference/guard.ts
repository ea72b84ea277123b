/**
 * What may be tried from this page: everything that only reads, and what can be held to the sandbox. A write goes out
 * when the hub is told `sandbox`, or when all that its ids name has been seen to be of the sandbox; nothing else does.
 */
import { dataOf, supabase } from "@/lib/supabase";
import { type Operation, type Reference, subjectOf } from "./document";
import type { Request } from "./request";

export type Reach =
  /** Reads a table. */
  | "read"
  /** Says the environment itself. */
  | "sandbox"
  /** The ids that it names decide. */
  | "named"
  /** Only as a read: it would change what has no environment. */
  | "read_only"
  /** Not from here: pages, tokens, webhooks; and tables in which nothing says the environment. */
  | "never";

/** Where what an argument names is kept. */
const KEPT_IN: Readonly<Record<string, string>> = {
  account_id: "social_media_accounts",
  account_ids: "social_media_accounts",
  automation_id: "automations",
  comment_id: "social_comments",
  connection_id: "integration_connections",
  connection_ids: "integration_connections",
  difference_id: "payment_differences",
  document_id: "shipment_documents",
  operation_id: "operations",
  payment_id: "payments",
  payment_link_id: "payment_links",
  payment_method_id: "payment_methods",
  pickup_id: "pickups",
  post_id: "social_posts",
  rate_id: "shipment_rates",
  shipment_id: "shipments",
  shipment_ids: "shipments",
  subscription_id: "webhook_subscriptions",
};

/** Of rows that do not say their environment: the column that leads to one which does. */
const LEADS_TO: Readonly<Record<string, readonly [column: string, table: string]>> = {
  operations: ["connection_id", "integration_connections"],
  payment_differences: ["connection_id", "integration_connections"],
  shipment_documents: ["shipment_id", "shipments"],
  shipment_rates: ["connection_id", "integration_connections"],
  social_comments: ["post_id", "social_posts"],
  social_media_accounts: ["connection_id", "integration_connections"],
  social_posts: ["account_id", "social_media_accounts"],
};

/** Functions whose answer is a secret that is told once: nobody could read it here. */
const TELLS_A_SECRET: ReadonlySet<string> = new Set([
  "create_api_key",
  "rotate_api_key",
  "create_webhook_endpoint",
  "rotate_webhook_secret",
  "set_credentials",
  "set_alert_channel_secrets",
]);

/** How far an operation can be tried. */
export function reachOf(operation: Operation, reference: Reference): Reach {
  const subject = subjectOf(operation);
  if (subject === null) return "never";
  if ("table" in subject) {
    if (operation.method === "get") return "read";
    return reference.columnsOf(subject.table)?.["environment"] ? "sandbox" : "never";
  }
  if (TELLS_A_SECRET.has(subject.function)) return "never";
  const names = Object.keys((operation.body && reference.resolve(operation.body.schema).properties) ?? {});
  if (names.includes("environment")) return "sandbox";
  return names.some((name) => name in KEPT_IN) ? "named" : "read_only";
}

/** Whether a request changes nothing. */
export function isRead({ method }: Pick<Request, "method">): boolean {
  return method === "GET";
}

export type Refusal = "not_tried" | "no_filter" | "names_nothing" | "names_live" | "other_method";

/** A write that is not sent, and why. */
export class Refused extends Error {
  constructor(
    readonly reason: Refusal,
    /** The argument at fault. */
    readonly field: string | null = null,
  ) {
    super(`The request is not sent: ${reason}${field === null ? "" : ` (${field})`}`);
  }
}

/** Throws `Refused` unless the request reads, or is held to the sandbox. Asks the hub what its ids name. */
export async function heldToSandbox(request: Request, reach: Reach, signal: AbortSignal): Promise<void> {
  if (reach === "never") throw new Refused("not_tried");
  if (isRead(request)) return;
  if (reach === "read" || reach === "read_only") throw new Refused("other_method");
  if (request.method === "PATCH" || request.method === "DELETE") keepsToSomeRows(request);
  const named = Object.entries(request.body ?? {}).flatMap(([field, value]) => {
    const table = KEPT_IN[field];
    const ids = (Array.isArray(value) ? value : [value]).filter((id): id is string => typeof id === "string");
    return table === undefined || ids.length === 0 ? [] : [{ field, table, ids }];
  });
  if (reach === "named" && named.length === 0) throw new Refused("names_nothing");
  for (const { field, table, ids } of named) {
    if (!(await areOfSandbox(table, [...new Set(ids)], signal))) throw new Refused("names_live", field);
  }
}

/** A table's rows are changed by filter: by that of the environment, which the form always sets, and at least one more. */
function keepsToSomeRows({ query }: Request): void {
  const filters = query.filter(([name]) => !["select", "organization_id", "environment"].includes(name));
  const held = query.some(([name, value]) => name === "environment" && value === "eq.sandbox");
  if (!held || filters.length === 0) throw new Refused("no_filter");
}

async function areOfSandbox(table: string, ids: readonly string[], signal: AbortSignal): Promise<boolean> {
  const next = LEADS_TO[table];
  const column = next ? next[0] : "environment";
  const rows = (await dataOf(
    supabase()
      .from(table as "payments")
      .select(column)
      .in("id", [...ids])
      .abortSignal(signal),
  )) as unknown as Record<string, string | null>[];
  if (rows.length !== ids.length) return false;
  const found = rows.map((row) => row[column]);
  if (!next) return found.every((environment) => environment === "sandbox");
  const further = found.filter((id) => id !== null && id !== undefined);
  if (further.length !== found.length) return false;
  return areOfSandbox(next[1], [...new Set(further)], signal);
}
