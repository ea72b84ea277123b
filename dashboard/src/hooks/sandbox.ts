/** The sandbox that plays the providers, where one runs beside the hub: faults on demand, and webhooks sent once more. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { loadConfig } from "@/lib/config";
import { every, LIST_MS } from "@/lib/live";
import { asProblem, Problem } from "@/lib/problem";
import { supabase } from "@/lib/supabase";

/** What the sandbox does to the next requests that match, or to the next webhooks; see sandbox/faults.py. */
export interface Fault {
  provider: string;
  kind: string;
  match?: { method?: string; path?: string; event?: string };
  times?: number;
  skip?: number;
  seconds?: number;
  status?: number;
  retry_after?: string;
  applied?: boolean;
  patch?: Record<string, unknown>;
}

/** A webhook that the sandbox has sent. */
export interface SentWebhook {
  number: number;
  provider: string;
  event_id: string;
  event_type: string;
  /** In seconds since 1970. */
  sent_at: number;
  /** What each try was answered with: a status, or the name of an error. */
  tries: (number | string)[];
  delivered: boolean;
  done: boolean;
}

export const sandboxKeys = {
  address: ["sandbox", "address"] as const,
  faults: ["sandbox", "faults"] as const,
  sent: (hint: string) => ["sandbox", "sent", hint] as const,
};

/** Where the sandbox's controls are; null: none runs here, and providers' own sandboxes are used. */
export function useSandbox() {
  return useQuery({
    queryKey: sandboxKeys.address,
    queryFn: async () => (await loadConfig()).sandboxUrl,
    staleTime: Infinity,
  });
}

/** The faults that are planned and not met yet, whoever planned them; live. */
export function useFaults(sandbox: string | null) {
  return useQuery({
    queryKey: sandboxKeys.faults,
    queryFn: ({ signal }) => ask<(Fault & { id: number })[]>(sandbox, "/_faults", { signal }),
    enabled: sandbox !== null,
    refetchInterval: every(LIST_MS),
  });
}

/** Forget every planned fault. */
export function useForgetFaults(sandbox: string | null) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => ask(sandbox, "/_faults", { method: "DELETE" }),
    onSettled: () => client.invalidateQueries({ queryKey: sandboxKeys.faults }),
  });
}

/** The newest webhooks that it sent to an endpoint, which the first characters of its token name; live. */
export function useSentWebhooks(sandbox: string | null, hint: string | null, everyMs: number) {
  return useQuery({
    queryKey: sandboxKeys.sent(hint ?? ""),
    queryFn: ({ signal }) =>
      ask<SentWebhook[]>(sandbox, `/_webhooks?to=${encodeURIComponent(`/${hint ?? ""}`)}`, { signal }),
    enabled: sandbox !== null && hint !== null,
    refetchInterval: every(everyMs),
  });
}

/** Plan a fault; answers with its number. Throws a `Problem`. */
export async function planFault(sandbox: string | null, fault: Fault): Promise<number> {
  return (await ask<{ id: number }>(sandbox, "/_faults", { method: "POST", body: JSON.stringify(fault) })).id;
}

/** Forget a fault, whether it was met or not. */
export async function forgetFault(sandbox: string | null, id: number): Promise<void> {
  await ask(sandbox, `/_faults/${id}`, { method: "DELETE" });
}

/** Have a webhook sent once more, signed anew, or with a signature that is wrong. */
export async function sendAgain(sandbox: string | null, number: number, forged: boolean): Promise<void> {
  await ask(sandbox, `/_webhooks/${number}`, { method: "POST", body: JSON.stringify({ forged }) });
}

/** Let a parcel go on to a step of its journey, such as `delivered`. */
export async function advanceParcel(sandbox: string | null, carrier: string, number: string, to: string) {
  const path = `/${carrier}/_test/shipments/${encodeURIComponent(number)}/advance`;
  await ask(sandbox, path, { method: "POST", body: JSON.stringify({ to }) });
}

async function ask<T>(sandbox: string | null, path: string, init: RequestInit = {}): Promise<T> {
  if (sandbox === null) throw new Problem("not_found", "No sandbox runs beside this hub.", "no_sandbox");
  const { data } = await supabase().auth.getSession();
  const headers = { "content-type": "application/json", authorization: `Bearer ${data.session?.access_token ?? ""}` };
  let answer: Response;
  try {
    answer = await fetch(sandbox + path, { ...init, headers });
  } catch (reason) {
    throw asProblem(reason);
  }
  const said = (await answer.json().catch(() => ({}))) as { error?: unknown; message?: unknown };
  if (!answer.ok) throw asProblem({ message: textOf(said), code: "sandbox_refused" }, answer.status);
  return said as T;
}

function textOf({ error, message }: { error?: unknown; message?: unknown }): string {
  const told = error ?? message;
  return typeof told === "string" ? told : JSON.stringify(told ?? "The sandbox does not answer.");
}
