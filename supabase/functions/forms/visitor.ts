// What is known of whoever hands in a form: enough to limit machines and to say later how a consent came about.

import { addressOf } from "../_shared/caller.ts";
import { secretKey } from "../_shared/hub.ts";
import type { Answers } from "./answers.ts";

const LONGEST_TEXT = 2048;
const LONGEST_AGENT = 512;
const DAY_MS = 24 * 60 * 60 * 1000;
const QUERY = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "gclid", "fbclid"];
const encoder = new TextEncoder();

/** The context of a submission, as `capture_lead` takes it. The address itself is in it nowhere. */
export async function contextOf(request: Request, answers: Answers): Promise<Record<string, unknown>> {
  const { asides } = answers;
  const page = asides.get("_page") || request.headers.get("referer");
  const context = {
    ip_hash: await hashed(addressOf(request.headers)),
    origin: request.headers.get("origin"),
    page: cut(page),
    referrer: cut(asides.get("_referrer")),
    client_id: cut(asides.get("_client_id")),
    query: { ...campaignOf(page), ...campaignOf(request.url) },
    user_agent: request.headers.get("user-agent")?.slice(0, LONGEST_AGENT) ?? null,
    honeypot: answers.trapped,
    elapsed_ms: elapsed(asides.get("_t")),
  };
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== null));
}

/** Under a key of its own. Of IPv6 it is the network, since whoever has one address there has all of its /64. */
async function hashed(address: string): Promise<string | null> {
  if (!address) return null;
  const key = await hmac(encoder.encode(secretKey()), "wasl: visitors of forms");
  return [...await hmac(key, network(address))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function hmac(secret: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
}

function network(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [head, tail] = address.toLowerCase().split("::").map((part) => part ? part.split(":") : []);
  const missing = tail ? Array(Math.max(0, 8 - head.length - tail.length)).fill("0") : [];
  return [...head, ...missing, ...(tail ?? [])].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, "")).join(":");
}

function campaignOf(address: string | null): Record<string, string> {
  const parameters = address && URL.canParse(address) ? new URL(address).searchParams : new URLSearchParams();
  return Object.fromEntries(
    QUERY.flatMap((name) => parameters.get(name) ? [[name, parameters.get(name)!.slice(0, LONGEST_TEXT)]] : []),
  );
}

/** How long the form lay open, by the time at which its page says it was shown. */
function elapsed(shownAt: string | undefined): number | null {
  const ms = shownAt ? Date.now() - Number(shownAt) : NaN;
  return ms >= 0 && ms < DAY_MS ? ms : null;
}

function cut(text: string | null | undefined): string | null {
  return text ? text.slice(0, LONGEST_TEXT) : null;
}
