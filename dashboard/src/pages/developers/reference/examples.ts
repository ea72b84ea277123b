/** The same request in Python, TypeScript and curl. Keys are placeholders: who copies it puts their own in. */
import type { Operation } from "./document";
import { subjectOf } from "./document";
import { addressOf, type Request } from "./request";
import methods from "./sdk_methods.json";

export const LANGUAGES = ["python", "typescript", "curl"] as const;
export type CodeLanguage = (typeof LANGUAGES)[number];

interface SdkMethod {
  call: string;
  arguments: string[];
  positional: number;
  times: string[];
  spans: string[];
}

/** What stands where a key goes. */
const API_KEY = "wasl_...";
const PUBLISHABLE_KEY = "sb_publishable_...";

/** `hubUrl`: the hub's address. null: there is no way to do it in that language. */
export function exampleIn(
  language: CodeLanguage,
  operation: Operation,
  request: Request,
  hubUrl: string,
): string | null {
  if (language === "curl") return inCurl(request, hubUrl);
  return language === "python" ? inPython(operation, request, hubUrl) : inTypeScript(operation, request, hubUrl);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function inCurl(request: Request, hubUrl: string): string {
  const lines = [`curl ${quoted(hubUrl + addressOf(request))}`];
  if (request.method !== (request.body ? "POST" : "GET")) lines.push(`-X ${request.method}`);
  if (request.path.startsWith("/rest/")) {
    // An API key is traded for a token that lasts fifteen minutes.
    lines.push(`-H "apikey: $PUBLISHABLE_KEY"`, `-H "Authorization: Bearer $TOKEN"`);
  }
  for (const [name, value] of Object.entries(request.headers)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (request.body) {
    lines.push(`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(request.body))}`);
  }
  const call = lines.join(" \\\n  ");
  if (!request.path.startsWith("/rest/")) return call;
  return [
    `PUBLISHABLE_KEY=${PUBLISHABLE_KEY}`,
    `TOKEN=$(curl -s ${quoted(`${hubUrl}/functions/v1/token`)} \\`,
    `  -d grant_type=client_credentials -d client_secret=${API_KEY} | jq -r .access_token)`,
    call,
  ].join("\n");
}

function inTypeScript(operation: Operation, request: Request, hubUrl: string): string | null {
  const subject = subjectOf(operation);
  if (subject === null) return null;
  const steps = "function" in subject ? functionSteps(subject.function, request) : tableSteps(subject.table, request);
  return [
    `import { createClient } from "@supabase/supabase-js";`,
    "",
    `const hub = createClient(${JSON.stringify(hubUrl)}, ${JSON.stringify(PUBLISHABLE_KEY)}, { accessToken });`,
    `const { data, error } = await hub`,
    ...steps.map((step, index) => `  ${step}${index === steps.length - 1 ? ";" : ""}`),
    "",
    "/** An API key is traded for a token that lasts fifteen minutes. */",
    "async function accessToken(): Promise<string> {",
    `  const body = new URLSearchParams({ grant_type: "client_credentials", client_secret: ${JSON.stringify(API_KEY)} });`,
    `  const answer = await fetch(${JSON.stringify(`${hubUrl}/functions/v1/token`)}, { method: "POST", body });`,
    "  return (await answer.json()).access_token;",
    "}",
  ].join("\n");
}

function functionSteps(name: string, request: Request): string[] {
  const shaping = request.query.filter(([field]) => field === "select");
  const args = request.body ?? Object.fromEntries(request.query.filter(([field]) => field !== "select"));
  const given = Object.keys(args).length === 0 && request.body ? "" : `, ${indented(args)}`;
  const read = request.method === "GET" ? ", { get: true }" : "";
  return [`.rpc(${JSON.stringify(name)}${given}${read})`, ...shaping.map(selectStep)];
}

function tableSteps(table: string, request: Request): string[] {
  const steps = [`.from(${JSON.stringify(table)})`];
  const select = request.query.find(([name]) => name === "select");
  if (request.method === "GET") steps.push(selectStep(select ?? ["select", "*"]));
  else if (request.method === "POST") steps.push(`.insert(${indented(request.body ?? {})})`);
  else if (request.method === "PATCH") steps.push(`.update(${indented(request.body ?? {})})`);
  else steps.push(".delete()");
  for (const [name, value] of request.query) {
    if (name !== "select") steps.push(filterStep(name, value, request.query));
  }
  if (request.method !== "GET" && select) steps.push(selectStep(select));
  return steps.filter(Boolean);
}

function selectStep([, columns]: [string, string]): string {
  return `.select(${JSON.stringify(columns)})`;
}

const PLAIN_FILTER = /^(eq|neq|gt|gte|lt|lte|like|ilike)\.(.*)$/s;

function filterStep(name: string, value: string, query: readonly [string, string][]): string {
  if (name === "limit") return query.some(([other]) => other === "offset") ? "" : `.limit(${Number(value)})`;
  if (name === "offset") {
    const limit = Number(query.find(([other]) => other === "limit")?.[1] ?? "1000");
    return `.range(${Number(value)}, ${Number(value) + limit - 1})`;
  }
  if (name === "order") {
    return value
      .split(",")
      .map((part) => {
        const [column = "", ...how] = part.split(".");
        return `.order(${JSON.stringify(column)}, { ascending: ${!how.includes("desc")} })`;
      })
      .join("");
  }
  const plain = PLAIN_FILTER.exec(value);
  if (plain) return `.${plain[1] ?? "eq"}(${JSON.stringify(name)}, ${JSON.stringify(plain[2])})`;
  const [operator = "eq", ...rest] = value.split(".");
  return `.filter(${JSON.stringify(name)}, ${JSON.stringify(operator)}, ${JSON.stringify(rest.join("."))})`;
}

function indented(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return text.length < 60 ? JSON.stringify(value).replace(/^\{(.*)\}$/s, "{ $1 }") : text.replaceAll("\n", "\n  ");
}

function inPython(operation: Operation, request: Request, hubUrl: string): string | null {
  const method = (methods as Record<string, SdkMethod>)[operation.id];
  if (!method) return null;
  const given = givenIn(request);
  const known = method.arguments.flatMap((name) => {
    // The SDK calls a provider's key `provider`.
    const value = given.get(name) ?? (name === "provider" ? given.get("provider_key") : undefined);
    const text = value === undefined ? null : argument(method, name, value);
    return text === null ? [] : [{ name, value: text }];
  });
  const written = known.map(({ name, value }) => `${name}=${value}`);
  const line = `${method.call}(${written.join(", ")})`;
  const call = line.length <= 88 ? line : `${method.call}(\n        ${written.join(",\n        ")},\n    )`;
  const isList = method.call.endsWith(".list");
  const times = [
    ...(known.some(({ name }) => method.times.includes(name)) ? ["datetime"] : []),
    ...(known.some(({ name }) => method.spans.includes(name)) ? ["timedelta"] : []),
  ];
  return [
    ...(times.length > 0 ? [`from datetime import ${times.join(", ")}`, ""] : []),
    "from wasl import Wasl",
    "",
    `with Wasl(${JSON.stringify(hubUrl)}, ${JSON.stringify(PUBLISHABLE_KEY)}, api_key=${JSON.stringify(API_KEY)}) as hub:`,
    ...(isList ? [`    for row in ${call}:`, "        print(row)"] : [`    result = ${call}`, "    print(result)"]),
  ].join("\n");
}

/** By name: arguments of a function, or what filters of a table are equal to. */
function givenIn(request: Request): Map<string, unknown> {
  if (request.path.includes("/rpc/")) {
    return new Map(Object.entries(request.body ?? Object.fromEntries(request.query)));
  }
  return new Map(
    request.query.flatMap(([name, value]): [string, unknown][] => {
      if (name === "limit") return [[name, Number(value)]];
      return value.startsWith("eq.") ? [[name, value.slice(3)]] : [];
    }),
  );
}

const SPAN = /^(\d+(?:\.\d+)?) (day|hour|minute|second)s?$/;

/** null: it cannot be written, and is left out. */
function argument(method: SdkMethod, name: string, value: unknown): string | null {
  if (method.times.includes(name)) return `datetime.fromisoformat(${literal(value)})`;
  if (!method.spans.includes(name)) return literal(value);
  const span = SPAN.exec(String(value));
  return span && `timedelta(${span[2] ?? "day"}s=${span[1] ?? "1"})`;
}

/** A JSON value as Python writes it. */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value)
      .map(([key, each]) => `${JSON.stringify(key)}: ${literal(each)}`)
      .join(", ")}}`;
  }
  return JSON.stringify(value);
}
