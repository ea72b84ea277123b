// Takes webhooks in on hosted Supabase, where no server of ours runs: POST .../webhooks/{token}.
//
// The signature cannot be checked here, because the secrets open only with the workers' keyring. So the exact bytes are kept,
// and nothing is believed until a worker has verified them; a forger learns nothing either way. For the same reason a provider
// that checks an address first, with a GET that only the holder of the secret can answer, needs the Python ingress
// (`wasl ingress`), which gives the same answers as this function.

import { readBody } from "../_shared/body.ts";
import { addressOf } from "../_shared/caller.ts";
import { call } from "../_shared/hub.ts";

/** The most that any endpoint takes (webhook_endpoints.max_body_bytes); the database applies the endpoint's own limit. */
const BODY_LIMIT_BYTES = 10 * 1024 * 1024;
const TOKEN = /\/webhooks\/(wh_[A-Za-z0-9_-]{43})$/;
const ALLOWED_METHODS = "POST, OPTIONS";
const UNKEPT_HEADERS = new Set(["authorization", "proxy-authorization", "cookie", "apikey"]);

/** Answer one request. */
export async function handler(request: Request): Promise<Response> {
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow: ALLOWED_METHODS } });
  if (request.method !== "POST") {
    return refuse(405, "method_not_allowed", "Send webhooks with POST.", { allow: ALLOWED_METHODS });
  }
  const url = new URL(request.url);
  const token = url.pathname.match(TOKEN)?.[1];
  if (!token) return notFound();
  const body = await readBody(request, BODY_LIMIT_BYTES);
  if (body === null) return tooLarge();
  const kept = await call("ingest_webhook", {
    token,
    headers: keptHeaders(request.headers),
    query: url.search.slice(1),
    body: base64(body),
    source_address: addressOf(request.headers) || null,
  });
  if (kept.ok) return answer(kept.value as Kept);
  if (kept.status === 404 && kept.code === "not_found") return notFound();
  console.error(`ingest_webhook answered ${kept.status} ${kept.code}`);
  return refuse(503, "unavailable", "The webhook was not kept. Send it again.", { "retry-after": "5" });
}

/** What `ingest_webhook` says became of a webhook. */
interface Kept {
  status: "accepted" | "refused";
  code: string;
  retry_after: number | null;
}

function answer(kept: Kept): Response {
  if (kept.status === "accepted") return Response.json({ status: "accepted" });
  switch (kept.code) {
    case "address_not_allowed":
      return refuse(403, kept.code, "Not from this address.");
    case "body_too_large":
      return tooLarge();
    case "rate_limited":
      return refuse(429, kept.code, "Too many webhooks. Send it again later.", { "retry-after": `${kept.retry_after}` });
    default:
      return refuse(422, kept.code, "The webhook holds a payment card's number.");
  }
}

function keptHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => !UNKEPT_HEADERS.has(name)));
}

/** In pieces, because a call takes only so many arguments. */
function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let start = 0; start < bytes.length; start += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(binary);
}

function notFound(): Response {
  return refuse(404, "not_found", "Not found.");
}

function tooLarge(): Response {
  return refuse(413, "body_too_large", "The body is too large.");
}

function refuse(status: number, code: string, message: string, headers?: HeadersInit): Response {
  return Response.json({ code, message }, { status, headers });
}
