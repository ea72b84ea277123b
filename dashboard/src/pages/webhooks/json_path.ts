/**
 * Conditions of subscriptions, looked at while they are typed: JSONPath (RFC 9535) within the bounds that the hub sets, with
 * its own `number()`. The hub's workers (workers/webhooks/conditions.py) have the last word when a subscription is saved.
 */
import { FunctionExpressionType, JSONPathEnvironment, JSONPathError, type JSONValue, Nothing } from "json-p3";

/** Why it cannot be followed: `limits`, or the place in the text, from 1. */
export class PathFault extends Error {}

const MOST_FILTERS = 3;
const TEXT = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/g;
// Regular expressions of a stranger's can run for hours.
const REFUSED = ["match", "search"];

/** Compile a condition; the answer says whether a message has what it looks for. Throws `PathFault`. */
export function compile(path: string): (message: unknown) => boolean {
  const bare = path.replace(TEXT, "''");
  const count = (part: string) => bare.split(part).length - 1;
  if (count("$") !== 1 || count("..") > 1 || count("?") > MOST_FILTERS || bare.includes(",")) {
    throw new PathFault("limits");
  }
  try {
    const query = environment().compile(path);
    return (message) => query.query(message as JSONValue).nodes.length > 0;
  } catch (reason) {
    if (!(reason instanceof JSONPathError)) throw reason;
    throw new PathFault(String(reason.token.index + 1));
  }
}

function environment(): JSONPathEnvironment {
  const made = new JSONPathEnvironment();
  for (const name of REFUSED) made.functionRegister.delete(name);
  made.functionRegister.set("number", {
    argTypes: [FunctionExpressionType.ValueType],
    returnType: FunctionExpressionType.ValueType,
    call: numberOf,
  });
  return made;
}

/** Amounts of money are texts in JSON, and are compared by size as numbers only. */
function numberOf(value: unknown): unknown {
  if (typeof value !== "number" && typeof value !== "string") return Nothing;
  const figure = typeof value === "string" && value.trim() === "" ? NaN : Number(value);
  return Number.isFinite(figure) ? figure : Nothing;
}
