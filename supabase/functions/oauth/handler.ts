// Where a provider sends people back to who were asked whether the hub may act for them: GET .../oauth/callback?state&code, or
// ?state&error. The state is traded for an operation, a worker trades the code for access, and this function waits for that and
// sends the person on to where the consent was begun.
//
// The code is a secret until it is traded: it is in no log of ours, and no page that follows learns it.
//
// Environment: what `_shared/hub.ts` needs.

import { call } from "../_shared/hub.ts";
import { isAhead, isPreview } from "../_shared/person.ts";
import { say } from "../_shared/say.ts";
import { OUTCOMES, TEXTS } from "./texts.ts";

const PATIENCE_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;
const LONGEST_STATE = 1024;
const LONGEST_ERROR = 400;

/** How a consent ended, or that it has not yet. */
interface Outcome {
  status: string;
  error: { code?: string } | null;
  return_url: string | null;
  connection_id: string;
}

/** What the provider sent along: of these one of each, or something is wrong (RFC 6749, section 3.1). */
interface Coming {
  state: string;
  code: string | null;
  error: string | null;
}

/** Answer one request. */
export async function handler(request: Request): Promise<Response> {
  const url = new URL(request.url);
  if (!url.pathname.endsWith("/oauth/callback")) return say(404, TEXTS.unknown);
  if (!["GET", "HEAD"].includes(request.method)) return say(405, TEXTS.open, { allow: "GET, HEAD" });
  const coming = readComing(url.searchParams);
  if (!coming) return say(404, TEXTS.unknown);
  // A state is good once: it must be there when the person comes.
  if (isAhead(request.headers)) return say(503, TEXTS.open);
  if (isPreview(request)) return say(200, TEXTS.open);
  const begun = await call("finish_oauth", { ...coming });
  if (!begun.ok) return refuse(begun.status, begun.code);
  const { operation_id, return_url } = begun.value as { operation_id: string; return_url: string | null };
  return sendOn(await wait(operation_id), return_url);
}

function readComing(parameters: URLSearchParams): Coming | null {
  const [state, ...more] = parameters.getAll("state");
  const [code, ...codes] = parameters.getAll("code");
  const error = parameters.get("error");
  if (!state || state.length > LONGEST_STATE || more.length + codes.length > 0) return null;
  if (error) {
    const said = [error, parameters.get("error_description")].filter(Boolean).join(": ");
    return { state, code: null, error: said.slice(0, LONGEST_ERROR) };
  }
  return code ? { state, code, error: null } : null;
}

/** How it ended, or null when that is not known after a while. */
async function wait(operation_id: string): Promise<Outcome | null> {
  const patience = Date.now() + PATIENCE_MS;
  for (let pause = FIRST_PAUSE_MS;; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const told = await call("oauth_outcome", { operation_id });
    if (!told.ok) console.error(`oauth_outcome answered ${told.status} ${told.code}`);
    const outcome = told.ok ? told.value as Outcome : null;
    if (outcome && outcome.status !== "pending") return outcome;
    if (Date.now() + pause > patience) return outcome;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Where the consent was begun, or a text when it is to end here. Only what the database kept is ever redirected to. */
function sendOn(outcome: Outcome | null, returnUrl: string | null): Response {
  const status = outcome?.status === "succeeded"
    ? "connected"
    : !outcome || outcome.status === "pending"
    ? "pending"
    : "failed";
  const text = OUTCOMES[status];
  if (!returnUrl) return say(200, text);
  const target = new URL(returnUrl);
  if (outcome) target.searchParams.set("connection_id", outcome.connection_id);
  target.searchParams.set("status", status);
  if (status === "failed") target.searchParams.set("code", outcome?.error?.code ?? "unknown");
  return say(303, text, { location: target.href });
}

function refuse(status: number, code: string): Response {
  switch (code) {
    case "oauth_state_not_found":
      return say(404, TEXTS.unknown);
    case "oauth_state_used":
      return say(410, TEXTS.used);
  }
  console.error(`finish_oauth answered ${status} ${code}`);
  return say(503, TEXTS.unavailable, { "retry-after": "5" });
}
