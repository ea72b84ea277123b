// The hub's database, as these functions call it: one RPC with the project's secret key.
//
// Environment, given by the platform: SUPABASE_URL; SUPABASE_SECRET_KEYS ({"default": "sb_secret_..."}) or, in older
// projects, SUPABASE_SERVICE_ROLE_KEY. WASL_PUBLIC_URL where SUPABASE_URL is not the public address.

const TIMEOUT_MS = 20_000;

/** What an RPC answered. `code` is the stable code of a refusal, `retryAfter` the seconds after which one passes. */
export interface Answer {
  ok: boolean;
  status: number;
  code: string;
  value: unknown;
  retryAfter: string | null;
}

/** Call an RPC. When the database cannot be reached the answer's status is 503. */
export async function call(rpc: string, input: Record<string, unknown>): Promise<Answer> {
  try {
    const response = await fetch(`${setting("SUPABASE_URL")}/rest/v1/rpc/${rpc}`, {
      method: "POST",
      headers: credentials(),
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const value = await response.json().catch(() => null);
    const retryAfter = response.headers.get("retry-after");
    return { ok: response.ok, status: response.status, code: value?.code ?? "", value, retryAfter };
  } catch (error) {
    if (error instanceof MissingSetting) throw error;
    return { ok: false, status: 503, code: error instanceof Error ? error.name : "", value: null, retryAfter: null };
  }
}

class MissingSetting extends Error {}

/** A variable of the environment that has to be there. */
export function setting(name: string): string {
  const value = Deno.env.get(name);
  if (!value) throw new MissingSetting(`${name} is not set`);
  return value;
}

/** The hub's address as the world knows it, without a slash at the end. */
export function publicUrl(): string {
  return (Deno.env.get("WASL_PUBLIC_URL") ?? setting("SUPABASE_URL")).replace(/\/+$/, "");
}

/** The project's secret key. */
export function secretKey(): string {
  const named = Deno.env.get("SUPABASE_SECRET_KEYS");
  const keys: Record<string, string> = named ? JSON.parse(named) : {};
  return keys.default ?? Object.values(keys)[0] ?? setting("SUPABASE_SERVICE_ROLE_KEY");
}

function credentials(): Record<string, string> {
  const key = secretKey();
  const headers: Record<string, string> = { apikey: key, "content-type": "application/json" };
  // A key of the old kind is itself a token; one of the new kind must not be sent as one.
  if (!key.startsWith("sb_")) headers.authorization = `Bearer ${key}`;
  return headers;
}
