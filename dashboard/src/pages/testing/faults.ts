/** What can go wrong on demand, and what each kind is told; sandbox/faults.py is where they happen. */
import type { Fault } from "@/hooks/sandbox";

export const CALL_FAULTS = [
  "latency",
  "late_answer",
  "slow_execution",
  "rate_limited",
  "server_error",
  "kept_server_error",
  "drop_before",
  "drop_after",
  "truncated",
  "malformed",
  "wrong_content_type",
] as const;
export const WEBHOOK_FAULTS = [
  "webhook_duplicated",
  "webhook_late",
  "webhook_reordered",
  "webhook_lost",
  "webhook_forged",
] as const;

export type CallFault = (typeof CALL_FAULTS)[number];
export type WebhookFault = (typeof WEBHOOK_FAULTS)[number];
/** A number that a kind takes. */
export type Detail = "seconds" | "status" | "retry_after";

const DETAILS: Partial<Record<CallFault | WebhookFault, readonly Detail[]>> = {
  latency: ["seconds"],
  late_answer: ["seconds"],
  slow_execution: ["seconds"],
  webhook_late: ["seconds"],
  rate_limited: ["retry_after"],
  server_error: ["status"],
};
export const USUAL: Record<Detail, string> = { seconds: "3", status: "503", retry_after: "2" };

export function detailsOf(kind: CallFault | WebhookFault): readonly Detail[] {
  return DETAILS[kind] ?? [];
}

/** One line of the form. */
export interface WantedFault {
  id: number;
  kind: CallFault;
  /** `POST /v1/payment_intents`, or empty for any request. */
  request: string;
  times: string;
  detail: Partial<Record<Detail, string>>;
}

/** The fault as the sandbox takes it. Numbers that are none are left to it. */
export function faultOf(provider: string, { kind, request, times, detail }: Omit<WantedFault, "id">): Fault {
  const [method, path] = request === "" ? [] : request.split(" ", 2);
  const fault: Fault = { provider, kind, times: Math.max(1, Math.trunc(Number(times)) || 1) };
  if (method !== undefined && path !== undefined) fault.match = { method, path };
  for (const name of detailsOf(kind)) {
    const given = detail[name] ?? USUAL[name];
    if (name === "retry_after") fault.retry_after = given;
    else if (Number.isFinite(Number(given))) fault[name] = Number(given);
  }
  return fault;
}

interface Request {
  method: string;
  url: string;
  provider_key: string;
}

/**
 * A request as a pattern for others of its kind: `GET /v1/charges/*`. Its path is what follows the
 * provider's key, and what names a single thing in it is left open.
 */
export function patternOf({ method, url, provider_key }: Request): string {
  const { pathname } = new URL(url, "http://hub.invalid");
  const [, first, ...rest] = pathname.split("/");
  const segments = first === provider_key ? rest : [first ?? "", ...rest];
  return `${method} /${segments.map((each) => (isName(each) ? "*" : each)).join("/")}`;
}

/** Whether a part of a path names one thing, such as pi_3Nf8… or 4711: versions such as v2 do not. */
function isName(segment: string): boolean {
  return /\d/.test(segment) && (segment.length > 6 || /^\d+$/.test(segment)) && !/^v?\d{1,3}(\.\d+)?$/.test(segment);
}
