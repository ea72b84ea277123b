// What was written into a form, out of a body in any of the ways that browsers send one.

const MOST_FIELDS = 100;
const LONGEST_NAME = 200;
/** Fields that people do not see, and machines fill in. */
const TRAPS = ["website", "_gotcha"];
/** What a site's script or a hidden field may say of the page, beside the answers. */
const ASIDES = ["_t", "_page", "_referrer", "_client_id"];

type Value = string | boolean | null;

/** The answers by field; `trapped`: a machine wrote them; `asides`: what was said beside them, by its name. */
export interface Answers {
  fields: Record<string, Value>;
  trapped: boolean;
  asides: Map<string, string>;
}

/** A body that is no form. */
export class Unreadable extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}

/** Read a body. Of fields that come several times the last one counts, as with a hidden field before a checkbox. */
export async function readAnswers(contentType: string, body: Uint8Array<ArrayBuffer>): Promise<Answers> {
  const values = new Map(await readValues(contentType, body));
  if (values.size > MOST_FIELDS || [...values.keys()].some((name) => name.length > LONGEST_NAME)) {
    throw new Unreadable(400, "invalid_answers", `A form has at most ${MOST_FIELDS} fields.`);
  }
  const trapped = TRAPS.some((name) => !["", "false", "null"].includes(String(values.get(name) ?? "").trim()));
  const asides = new Map(ASIDES.flatMap((name) => values.has(name) ? [[name, String(values.get(name) ?? "")]] : []));
  for (const name of [...TRAPS, ...ASIDES]) values.delete(name);
  return { fields: Object.fromEntries(values), trapped, asides };
}

async function readValues(contentType: string, body: Uint8Array<ArrayBuffer>): Promise<[string, Value][]> {
  switch (contentType.split(";")[0].trim().toLowerCase()) {
    case "application/json":
      return readJson(body);
    case "application/x-www-form-urlencoded":
      return [...new URLSearchParams(decode(body))];
    case "multipart/form-data":
      return await readMultipart(contentType, body);
  }
  throw new Unreadable(415, "unsupported_type", "Send JSON, or a form as browsers do.");
}

function readJson(body: Uint8Array): [string, Value][] {
  let value: unknown;
  try {
    value = JSON.parse(decode(body));
  } catch {
    throw new Unreadable(400, "invalid_answers", "The body is not JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Unreadable(400, "invalid_answers", "The body must be a JSON object of fields.");
  }
  return Object.entries(value).map(([name, each]) => {
    if (typeof each === "number") return [name, String(each)];
    if (typeof each === "string" || typeof each === "boolean" || each === null) return [name, each];
    throw new Unreadable(400, "invalid_answers", "A field's value must be a text, a number, true or false.");
  });
}

async function readMultipart(contentType: string, body: Uint8Array<ArrayBuffer>): Promise<[string, Value][]> {
  let form: FormData;
  try {
    form = await new Response(body, { headers: { "content-type": contentType } }).formData();
  } catch {
    throw new Unreadable(400, "invalid_answers", "The body is not multipart/form-data.");
  }
  return [...form].flatMap(([name, value]): [string, Value][] => {
    if (typeof value === "string") return [[name, value]];
    if (value.size === 0) return []; // a field for files that was left empty
    throw new Unreadable(415, "files_not_taken", "A form takes no files.");
  });
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw new Unreadable(400, "invalid_answers", "The body is not UTF-8.");
  }
}
