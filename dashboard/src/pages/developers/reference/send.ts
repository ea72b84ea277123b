/** Sends a request with the user's own session, and makes its answer fit to be shown. */
import { loadConfig } from "@/lib/config";
import { Problem } from "@/lib/problem";
import { supabase } from "@/lib/supabase";
import { redacted } from "./redact";
import { addressOf, type Request } from "./request";

export interface Answered {
  status: number;
  statusText: string;
  durationMs: number;
  /** Those that help: of rows, of limits, of traces. */
  headers: [string, string][];
  /** Redacted. JSON as a value, anything else as a text. */
  body: unknown;
  bytes: number;
}

const SHOWN_HEADERS = ["content-range", "content-type", "retry-after", "traceparent", "www-authenticate"];
const SHOWN_TEXT = 20_000;

/** Throws a `Problem` without a session, and what `fetch` throws when it is aborted or the hub cannot be reached. */
export async function send(request: Request, signal: AbortSignal): Promise<Answered> {
  const [config, { data }] = await Promise.all([loadConfig(), supabase().auth.getSession()]);
  const token = data.session?.access_token;
  if (token === undefined) throw new Problem("session", "You are signed out.", "session_not_found");
  const began = performance.now();
  const answer = await fetch(config.url + addressOf(request), {
    method: request.method,
    headers: {
      ...request.headers,
      accept: "application/json",
      apikey: config.publishableKey,
      authorization: `Bearer ${token}`,
      ...(request.body && { "content-type": "application/json" }),
    },
    ...(request.body && { body: JSON.stringify(request.body) }),
    // A page of another origin that the hub might name is not followed with the session.
    redirect: "error",
    signal,
  });
  const text = await answer.text();
  return {
    status: answer.status,
    statusText: answer.statusText,
    durationMs: performance.now() - began,
    headers: SHOWN_HEADERS.flatMap((name): [string, string][] => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
    body: redacted(parsed(text)),
    bytes: new Blob([text]).size,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text.slice(0, SHOWN_TEXT);
  }
}
