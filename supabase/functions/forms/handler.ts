// Takes in what visitors of a merchant's site write into its forms, and lets them confirm it:
//
//   GET  .../forms/{token}          the form, as JSON, for the site's own script
//   POST .../forms/{token}          what was written, by such a script (JSON) or by a plain HTML form
//   GET  .../forms/confirm/{token}  the link of the mail that asks for a confirmation; POST does the same
//
// Scripts are answered with JSON; a page is sent on to the form's redirect_url, or shown a text. The database judges the answers,
// limits how many there are and whether the page may hold the form.
//
// Environment: what `_shared/hub.ts` needs.

import { readBody } from "../_shared/body.ts";
import { type Answer, call } from "../_shared/hub.ts";
import { isAhead, isPreview } from "../_shared/person.ts";
import { say, type Text } from "../_shared/say.ts";
import { type Answers, readAnswers, Unreadable } from "./answers.ts";
import { TEXTS } from "./texts.ts";
import { contextOf } from "./visitor.ts";

const BODY_LIMIT_BYTES = 64 * 1024;
const FORM = /\/forms\/(lf_[A-Za-z0-9_-]{32})$/;
const CONFIRMATION = /\/forms\/confirm\/([A-Za-z0-9_-]{16,128})$/;
const METHODS = "GET, POST, OPTIONS";

/** Answer one request. */
export async function handler(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname;
  const confirmation = path.match(CONFIRMATION)?.[1];
  if (confirmation) return await confirm(request, confirmation);
  const token = path.match(FORM)?.[1];
  if (!token) return wantsPage(request) ? say(404, TEXTS.unknown) : refuse(404, "form_not_found", "There is no such form.");
  switch (request.method) {
    case "OPTIONS":
      return await allow(request, token);
    case "GET":
      return await show(request, token);
    case "POST":
      return await capture(request, token);
  }
  return refuse(405, "method_not_allowed", "Use GET or POST.", { allow: METHODS });
}

/** What a browser asks before a script of another site may send JSON. */
async function allow(request: Request, token: string): Promise<Response> {
  const form = await call("lead_form", { token });
  if (!form.ok) return refuseCall(request, "lead_form", form);
  const headers = sharing(request, (form.value as { origins: string[] }).origins);
  if (!headers["access-control-allow-origin"]) return new Response(null, { status: 403, headers });
  const more = {
    "access-control-allow-methods": METHODS,
    "access-control-allow-headers": "content-type",
    "access-control-max-age": "600",
  };
  return new Response(null, { status: 204, headers: { ...headers, ...more } });
}

async function show(request: Request, token: string): Promise<Response> {
  const form = await call("lead_form", { token });
  if (!form.ok) return refuseCall(request, "lead_form", form);
  const { origins, ...shown } = form.value as { origins: string[] };
  return answer(200, shown, { ...sharing(request, origins), "cache-control": "public, max-age=60" });
}

async function capture(request: Request, token: string): Promise<Response> {
  let answers: Answers;
  try {
    const body = await readBody(request, BODY_LIMIT_BYTES);
    if (body === null) throw new Unreadable(413, "body_too_large", "The form has more than 64 KB.");
    answers = await readAnswers(request.headers.get("content-type") ?? "", body);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    if (wantsPage(request)) return say(error.status, TEXTS.unreadable);
    return refuse(error.status, error.code, error.message, sharing(request, []));
  }
  const context = await contextOf(request, answers);
  const captured = await call("capture_lead", { token, answers: answers.fields, context });
  if (!captured.ok) return refuseCall(request, "capture_lead", captured);
  const { status, redirect_url } = captured.value as { status: "captured" | "confirm"; redirect_url: string | null };
  if (wantsPage(request)) return sendOn(redirect_url, TEXTS[status]);
  // Were the page not one that may hold the form, it would have been refused.
  return answer(200, { status, redirect_url }, sharing(request, []));
}

async function confirm(request: Request, token: string): Promise<Response> {
  if (!["GET", "HEAD", "POST"].includes(request.method)) {
    return say(405, TEXTS.open, { allow: "GET, HEAD, POST" });
  }
  if (request.method !== "POST") {
    if (isAhead(request.headers)) return say(503, TEXTS.open);
    if (isPreview(request)) return say(200, TEXTS.open);
  }
  const confirmed = await call("confirm_lead", { token });
  if (confirmed.ok) return sendOn((confirmed.value as { redirect_url: string | null }).redirect_url, TEXTS.confirmed);
  if (confirmed.status === 404 && confirmed.code !== "PGRST202") return say(404, TEXTS.nothingToConfirm);
  console.error(`confirm_lead answered ${confirmed.status} ${confirmed.code}`);
  return say(503, TEXTS.unavailable, { "retry-after": "30" });
}

/** Only what the merchant set is ever redirected to. */
function sendOn(redirectUrl: string | null, text: Text): Response {
  return redirectUrl ? say(303, text, { location: redirectUrl }) : say(200, text);
}

/** Whether somebody's browser shows the answer as a page, rather than handing it to a script. */
function wantsPage(request: Request): boolean {
  const isScript = request.headers.get("content-type")?.toLowerCase().startsWith("application/json") ?? false;
  return !isScript && (request.headers.get("accept") ?? "").includes("text/html");
}

/** What lets a script of another site read the answer. No origins means all. */
function sharing(request: Request, origins: string[]): Record<string, string> {
  const origin = request.headers.get("origin");
  const isAllowed = origin !== null && (origins.length === 0 || origins.includes(origin.toLowerCase()));
  return { vary: "origin", ...(isAllowed ? { "access-control-allow-origin": origin } : {}) };
}

/** Pass the database's refusal on: to a person as a text, to a script as it is. */
function refuseCall(request: Request, rpc: string, refusal: Answer): Response {
  const { message, details } = (refusal.value ?? {}) as { message?: string; details?: string };
  const page = wantsPage(request);
  // Where the origin was refused, or there is no form to ask about it, no script may read the answer.
  const headers = [403, 404].includes(refusal.status) ? { vary: "origin" } : sharing(request, []);
  if (refusal.status === 404 && refusal.code === "form_not_found") {
    return page ? say(404, TEXTS.unknown) : refuse(404, refusal.code, message ?? "", headers);
  }
  if (refusal.status === 403) return page ? say(403, TEXTS.elsewhere) : refuse(403, refusal.code, message ?? "", headers);
  if (refusal.status === 429) {
    const wait = { "retry-after": refusal.retryAfter ?? "60" };
    return page ? say(429, TEXTS.tooMany, wait) : refuse(429, refusal.code, message ?? "", { ...headers, ...wait });
  }
  if ([400, 422].includes(refusal.status) && !refusal.code.startsWith("PGRST")) {
    const field = details?.replace(/^answers\./, "");
    return page
      ? say(400, TEXTS.wrong(field, message ?? ""))
      : refuse(refusal.status, refusal.code, message ?? "", headers, field);
  }
  console.error(`${rpc} answered ${refusal.status} ${refusal.code}`);
  const wait = { "retry-after": "30" };
  return page ? say(503, TEXTS.unavailable, wait) : refuse(503, "unavailable", TEXTS.unavailable[0], { ...headers, ...wait });
}

function refuse(status: number, code: string, message: string, headers: Record<string, string> = {}, field?: string): Response {
  return answer(status, { code, message, ...(field ? { field } : {}) }, headers);
}

function answer(status: number, body: unknown, headers: Record<string, string>): Response {
  return Response.json(body, {
    status,
    headers: { "cache-control": "no-store", "x-content-type-options": "nosniff", ...headers },
  });
}
