/** What a form begins with, and the request that examples show: what is missing stands as the document has it. */
import { type Operation, subjectOf } from "./document";
import type { Reach } from "./guard";
import { exampleOf, type Field, type Request, requestOf, type Values, type Way, WrongValue } from "./request";

const FIRST_ROWS = "10";

/** Lists begin with a few rows, the newest first where there is a time to go by. */
export function firstValues(fields: readonly Field[]): Values {
  const has = (key: string) => fields.some((field) => field.key === key);
  return {
    ...(has("query.limit") && { "query.limit": FIRST_ROWS }),
    ...(has("query.order") && has("query.created_at") && { "query.order": "created_at.desc" }),
  };
}

/** A form filled with what the document gives as an example. Whatever makes a call unique is made anew. */
export function documentedValues(operation: Operation, fields: readonly Field[]): Values {
  const example = (operation.body?.example ?? {}) as Record<string, unknown>;
  const filled = fields.flatMap((field): [string, string][] => {
    if (field.fixed) return [];
    if (field.name === "idempotency_key") return [[field.key, crypto.randomUUID()]];
    const documented = field.place === "body" ? example[field.name] : undefined;
    if (documented === undefined && !field.required) return [];
    return [[field.key, exampleOf(field, documented)]];
  });
  return { ...firstValues(fields), ...Object.fromEntries(filled) };
}

/** How a function is usually called. One that takes an idempotency key, or is about one thing, has an effect. */
export function usualWay(operation: Operation, reach: Reach): Way {
  const subject = subjectOf(operation);
  if (subject === null || "table" in subject) return operation.method === "get" ? "read" : "write";
  if (reach === "read_only") return "read";
  const { properties = {} } = operation.body?.schema ?? {};
  return reach === "sandbox" && !("idempotency_key" in properties) ? "read" : "write";
}

/** The request of a form that may be half filled. */
export function exampleRequest(
  operation: Operation,
  fields: readonly Field[],
  values: Values,
  way: Way,
  organizationId: string,
): Request {
  const documented = documentedValues(
    operation,
    fields.filter(({ required }) => required),
  );
  let filled: Values = { ...documented, ...withoutEmpty(values) };
  for (;;) {
    try {
      return requestOf(operation, fields, filled, way, organizationId);
    } catch (reason) {
      if (!(reason instanceof WrongValue) || !(reason.field in filled)) {
        return { method: "GET", path: operation.path, query: [], headers: {}, body: null };
      }
      // What does not fit is left out, or shown as the document has it.
      const { [reason.field]: wrong, ...rest } = filled;
      const right = documented[reason.field];
      filled = right === undefined || right === wrong ? rest : { ...rest, [reason.field]: right };
    }
  }
}

function withoutEmpty(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, text]) => text.trim() !== ""));
}
