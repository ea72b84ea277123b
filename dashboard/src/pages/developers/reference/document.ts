/** The hub's OpenAPI document, read into a list of operations with everything they refer to put in its place. */
import documentUrl from "../../../../../docs/openapi.json?url";

export type Method = "get" | "post" | "patch" | "delete";
const METHODS: readonly Method[] = ["get", "post", "patch", "delete"];

/** The part of JSON Schema that the document uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  readOnly?: boolean;
}

export interface Parameter {
  name: string;
  in: "query" | "header" | "path";
  required: boolean;
  description: string;
  schema: Schema;
}

interface Media {
  schema?: Schema;
  example?: unknown;
}

export interface Reply {
  status: string;
  description: string;
  schema: Schema | null;
  example: unknown;
}

export interface Operation {
  /** Its operationId. */
  id: string;
  method: Method;
  path: string;
  group: string;
  summary: string;
  description: string;
  parameters: Parameter[];
  body: { required: boolean; schema: Schema; example: unknown; mediaType: string } | null;
  replies: Reply[];
}

interface Raw {
  tags: { name: string; description?: string }[];
  paths: Record<string, Record<string, RawOperation>>;
}

interface RawOperation {
  operationId: string;
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: unknown[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, unknown>;
}

export interface Reference {
  groups: { name: string; description: string; operations: Operation[] }[];
  byId: ReadonlyMap<string, Operation>;
  /** Follows a reference; what is none is given back. */
  resolve: (schema: Schema) => Schema;
  /** The columns of a table; null: there is no such table. */
  columnsOf: (table: string) => Record<string, Schema> | null;
}

/** Fetch the document that was built into this dashboard. */
export async function fetchReference(signal: AbortSignal): Promise<Reference> {
  const answer = await fetch(documentUrl, { signal });
  if (!answer.ok) throw new Error(`The API's description was answered with ${answer.status}.`);
  return readReference((await answer.json()) as object);
}

/** Throws an error when a reference leads nowhere. */
export function readReference(document: object): Reference {
  const raw = document as Raw;
  const follow = (value: unknown): unknown => {
    let found = value;
    while (isReference(found)) found = at(document, found.$ref);
    return found;
  };
  const operations = Object.entries(raw.paths).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => {
      const operation = methods[method];
      return operation ? [readOperation(path, method, operation, follow)] : [];
    }),
  );
  const byGroup = Map.groupBy(operations, ({ group }) => group);
  return {
    groups: raw.tags.flatMap(({ name, description = "" }) => {
      const members = byGroup.get(name);
      return members ? [{ name, description, operations: members }] : [];
    }),
    byId: new Map(operations.map((operation) => [operation.id, operation])),
    resolve: (schema) => follow(schema) as Schema,
    columnsOf: (table) => {
      const { components } = document as { components?: { schemas?: Record<string, Schema> } };
      return components?.schemas?.[table]?.properties ?? null;
    },
  };
}

function readOperation(
  path: string,
  method: Method,
  raw: RawOperation,
  follow: (value: unknown) => unknown,
): Operation {
  const body = raw.requestBody && readBody(raw.requestBody);
  return {
    id: raw.operationId,
    method,
    path,
    group: raw.tags?.[0] ?? "",
    summary: raw.summary ?? raw.operationId,
    description: raw.description ?? "",
    parameters: (raw.parameters ?? []).map((each) => {
      const { name, in: place, required, description, schema } = follow(each) as Partial<Parameter> & { name: string };
      return {
        name,
        in: place ?? "query",
        required: required ?? false,
        description: description ?? "",
        schema: schema ?? {},
      };
    }),
    body: body ?? null,
    replies: Object.entries(raw.responses).map(([status, each]) => {
      const { description = "", content } = follow(each) as { description?: string; content?: Record<string, Media> };
      const media = Object.values(content ?? {})[0];
      return { status, description, schema: media?.schema ?? null, example: media?.example };
    }),
  };
}

function readBody({ required = false, content }: { required?: boolean; content: Record<string, Media> }) {
  const mediaType = "application/json" in content ? "application/json" : (Object.keys(content)[0] ?? "");
  const media = content[mediaType];
  return media && { required, schema: media.schema ?? {}, example: media.example, mediaType };
}

function isReference(value: unknown): value is { $ref: string } {
  return typeof value === "object" && value !== null && "$ref" in value && typeof value.$ref === "string";
}

function at(document: object, pointer: string): unknown {
  let found: unknown = document;
  for (const part of pointer.replace(/^#\//, "").split("/")) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    found = typeof found === "object" && found !== null ? (found as Record<string, unknown>)[key] : undefined;
  }
  if (found === undefined) throw new Error(`The API's description refers to ${pointer}, which it does not have.`);
  return found;
}

/** What a schema takes, in a few words: `uuid`, `array of text`, `"sandbox" | "live"`. */
export function typeOf(schema: Schema, resolve: (schema: Schema) => Schema): string {
  const { type, format, enum: values, items, const: constant } = resolve(schema);
  if (constant !== undefined) return JSON.stringify(constant);
  if (values) return values.map((value) => JSON.stringify(value)).join(" | ");
  const types = (Array.isArray(type) ? type : type === undefined ? [] : [type]).map((each) =>
    each === "array"
      ? `array of ${items ? typeOf(items, resolve) : "any"}`
      : each === "string"
        ? (format ?? each)
        : each,
  );
  return types.length === 0 ? "JSON" : types.join(" | ");
}

/** Whether a column comes only when `select` names it. */
export function isComputed(schema: Schema): boolean {
  return schema.readOnly === true && (schema.description ?? "").includes("Computed:");
}

/** The table or function that a path is about; null for pages and tokens. */
export function subjectOf({ path }: Pick<Operation, "path">): { table: string } | { function: string } | null {
  const [, rest] = /^\/rest\/v1\/(.+)$/.exec(path) ?? [];
  if (rest === undefined) return null;
  return rest.startsWith("rpc/") ? { function: rest.slice(4) } : { table: rest };
}

/** Operations in which every word of the search occurs. */
export function matching(operations: readonly Operation[], search: string): Operation[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return operations.filter(({ id, method, path, summary, description }) => {
    const text = `${id} ${method} ${path} ${summary} ${description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
