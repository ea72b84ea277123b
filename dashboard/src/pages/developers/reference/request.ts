/** What a form says, as the request that it makes: held to the sandbox, and to the open organization. */
import { type Operation, type Parameter, type Schema, subjectOf } from "./document";

/** Texts as they were typed, by field; an empty one is left out. */
export type Values = Record<string, string>;

/** How a function is called: `read` by GET, in a transaction in which the hub lets nothing be written. */
export type Way = "read" | "write";

export interface Request {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  query: [string, string][];
  headers: Record<string, string>;
  body: Record<string, unknown> | null;
}

export interface Field {
  /** Unique in the form: `query.status`, `body.amount`. */
  key: string;
  name: string;
  place: "query" | "header" | "path" | "body";
  required: boolean;
  description: string;
  schema: Schema;
  /** What it is fixed to, in the sandbox; null: it is asked for. */
  fixed: "environment" | "organization" | null;
}

/** A text that is not what its field takes. */
export class WrongValue extends Error {
  constructor(
    readonly field: string,
    readonly kind: "json" | "number" | "boolean" | "required",
  ) {
    super(`${field}: ${kind}`);
  }
}

const FILTERS = /^(select|order|limit|offset)$/;

/** What a form asks for. Filters of a table stand behind what every list takes. */
export function fieldsOf(operation: Operation, resolve: (schema: Schema) => Schema): Field[] {
  const parameters = operation.parameters.map((parameter) => fieldOf(parameter));
  if (!operation.body) return parameters;
  const { properties = {}, required = [] } = resolve(operation.body.schema);
  const body = Object.entries(properties).map(([name, schema]): Field => ({
    key: `body.${name}`,
    name,
    place: "body",
    required: required.includes(name),
    description: resolve(schema).description ?? "",
    schema: resolve(schema),
    fixed: fixedTo(name),
  }));
  const needed = (field: Field) => (field.required ? 0 : 1);
  return [...body.sort((a, b) => needed(a) - needed(b)), ...parameters];
}

function fieldOf({ name, in: place, required, description, schema }: Parameter): Field {
  const fixed = place === "query" ? fixedTo(name) : null;
  return { key: `${place}.${name}`, name, place, required, description, schema, fixed };
}

function fixedTo(name: string): Field["fixed"] {
  if (name === "environment") return "environment";
  return name === "organization_id" ? "organization" : null;
}

/** Whether a field is a filter by a column. */
export function isFilter({ place, name }: Field): boolean {
  return place === "query" && !FILTERS.test(name);
}

/** Make the request; throws `WrongValue` for the first text that does not fit. */
export function requestOf(
  operation: Operation,
  fields: readonly Field[],
  values: Values,
  way: Way,
  organizationId: string,
): Request {
  const subject = subjectOf(operation);
  const isFunction = subject !== null && "function" in subject;
  let path = operation.path;
  const query: [string, string][] = [];
  const headers: Record<string, string> = {};
  const body: Record<string, unknown> = {};
  for (const field of fields) {
    const text = textOf(field, values, organizationId);
    if (text === "") {
      // A table's `add` takes any row; PostgREST says what is missing.
      if (field.required) throw new WrongValue(field.key, "required");
      continue;
    }
    if (field.place === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(text));
    else if (field.place === "header") headers[field.name] = text;
    else if (field.place === "query") query.push([field.name, field.fixed ? `eq.${text}` : text]);
    else body[field.name] = valueOf(field, text);
  }
  if (isFunction && way === "read") {
    const given = Object.entries(body).map(([name, value]): [string, string] => [name, inQuery(value)]);
    return { method: "GET", path, query: [...given, ...query], headers, body: null };
  }
  const method = operation.method.toUpperCase() as Request["method"];
  return { method, path, query, headers, body: operation.body ? body : null };
}

function textOf(field: Field, values: Values, organizationId: string): string {
  if (field.fixed === "environment") return "sandbox";
  if (field.fixed === "organization") return organizationId;
  return (values[field.key] ?? "").trim();
}

/** A typed text as its schema wants it. */
export function valueOf({ key, schema }: Pick<Field, "key" | "schema">, text: string): unknown {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  if (types.includes("string")) return text;
  if (types.includes("integer") || types.includes("number")) {
    const number = Number(text);
    if (!Number.isFinite(number) || (!types.includes("number") && !Number.isInteger(number))) {
      throw new WrongValue(key, "number");
    }
    return number;
  }
  if (types.includes("boolean")) {
    if (text !== "true" && text !== "false") throw new WrongValue(key, "boolean");
    return text === "true";
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new WrongValue(key, "json");
  }
}

/** An argument of a function in a query, where PostgREST wants lists as Postgres writes them. */
function inQuery(value: unknown): string {
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) {
    return `{${value.map((each) => `"${String(each).replace(/[\\"]/g, "\\$&")}"`).join(",")}}`;
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The address of a request, without the hub's. */
export function addressOf({ path, query }: Pick<Request, "path" | "query">): string {
  const search = new URLSearchParams(query).toString();
  return search === "" ? path : `${path}?${search}`;
}

/** An example for a field: what the document gives, in the form in which it is typed. */
export function exampleOf({ schema }: Field, documented: unknown): string {
  const value = documented ?? schema.examples?.[0];
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
