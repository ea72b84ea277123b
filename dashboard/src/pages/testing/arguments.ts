/** What was answered in an operation's form, as the arguments of its call, or what is wrong with it. */
import type { AskName, Ask, ActionKey, TestAction } from "./actions";

export type Answers = Partial<Record<AskName, string>>;
/** What is wrong with an answer. */
export type Faults = Partial<Record<AskName | "more", "required" | "json">>;

const TAKES_ORGANIZATION: ReadonlySet<ActionKey> = new Set([
  "create_payment",
  "quote_shipment",
  "create_shipment",
  "publish_post",
  "track_event",
  "upsert_lead",
]);

/**
 * The call's arguments, or what is wrong with the answers. `more` is JSON with further arguments of the RPC, which go
 * before what the form says.
 */
export function argumentsOf(
  action: TestAction,
  asks: readonly Ask[],
  answers: Answers,
  more: string,
  context: { connectionId: string; organizationId: string; idempotencyKey: string },
): { args: Record<string, unknown> } | { faults: Faults } {
  const args: Record<string, unknown> = {};
  const faults: Faults = {};
  for (const { name, kind, required, value } of asks) {
    const answer = (answers[name] ?? value).trim();
    if (answer === "") {
      if (required) faults[name] = "required";
    } else if (kind !== "json") {
      args[name] = name === "account_ids" ? [answer] : answer;
    } else {
      const read = parsed(answer);
      if (read === undefined) faults[name] = "json";
      else args[name] = read;
    }
  }
  const further = more.trim() === "" ? {} : parsed(more);
  if (typeof further !== "object" || further === null || Array.isArray(further)) faults.more = "json";
  if (Object.keys(faults).length > 0) return { faults };
  if (action.names === "connection_id") args["connection_id"] = context.connectionId;
  if (action.names === "connection_ids") args["connection_ids"] = [context.connectionId];
  if (TAKES_ORGANIZATION.has(action.key)) args["organization_id"] = context.organizationId;
  if (action.keyed) args["idempotency_key"] = context.idempotencyKey;
  return { args: { ...args, ...(further as object) } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
