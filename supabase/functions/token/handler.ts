// Trades an API key for a short access token: OAuth 2.0 client credentials (RFC 6749, section 4.4).
//
// The database says whether the key is good and for whom; this function only signs. What a token may do is looked up at every
// request and not believed from its claims, so a revoked key's tokens end with it. Keys have 256 random bits: guessing them needs
// no counter here. Limit the load, if you must, at the gateway.
//
// Environment: WASL_JWT_SIGNING_KEY, the private ES256 JWK that the Data API trusts (on hosted Supabase one that was imported
// as a signing key); and what `_shared/hub.ts` needs.

import { readBody } from "../_shared/body.ts";
import { call, publicUrl, setting } from "../_shared/hub.ts";
import { sign } from "./jwt.ts";

const LIFETIME_SECONDS = 15 * 60;
const BODY_LIMIT_BYTES = 8 * 1024;
const KEY = /^wasl_[A-Za-z0-9_-]{43}$/;
/** One text for every bad key: whoever guesses learns nothing from it. */
const BAD_KEY = "The API key is unknown, expired or revoked.";

interface Grant {
  api_key_id: string;
  organization_id: string;
  scopes: string[];
  expires_at: string | null;
}

/** A refusal in the words of RFC 6749, section 5.2. */
class Refusal extends Error {
  constructor(readonly status: number, readonly error: string, description: string) {
    super(description);
  }
}

/** Answer one request. */
export async function handler(request: Request): Promise<Response> {
  try {
    if (request.method !== "POST") throw new Refusal(405, "invalid_request", "Use POST.");
    const fields = await readFields(request);
    const grantType = field(fields, "grant_type");
    if (!grantType) throw new Refusal(400, "invalid_request", "grant_type is missing: it is client_credentials.");
    if (grantType !== "client_credentials") {
      throw new Refusal(400, "unsupported_grant_type", "grant_type must be client_credentials.");
    }
    const grant = await exchange(presentedKey(request, fields));
    return answer(200, await issue(grant));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return answer(refusal.status, { error: refusal.error, error_description: refusal.message });
  }
}

async function readFields(request: Request): Promise<Map<string, unknown>> {
  const bytes = await readBody(request, BODY_LIMIT_BYTES);
  if (bytes === null) throw new Refusal(413, "invalid_request", "The body is too large.");
  const body = new TextDecoder().decode(bytes);
  const type = request.headers.get("content-type")?.split(";")[0].trim().toLowerCase();
  if (type === "application/x-www-form-urlencoded") {
    const parameters = [...new URLSearchParams(body)];
    const fields = new Map<string, unknown>(parameters);
    if (fields.size < parameters.length) throw new Refusal(400, "invalid_request", "A parameter came twice.");
    return fields;
  }
  if (type !== "application/json") {
    throw new Refusal(400, "invalid_request", "Send application/x-www-form-urlencoded or application/json.");
  }
  try {
    const parsed = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return new Map(Object.entries(parsed));
  } catch {
    // said below
  }
  throw new Refusal(400, "invalid_request", "The body is not a JSON object.");
}

function field(fields: Map<string, unknown>, name: string): string | undefined {
  const value = fields.get(name);
  if (value === undefined || value === null || value === "") return undefined; // RFC 6749, 3.2: empty is left out
  if (typeof value !== "string") throw new Refusal(400, "invalid_request", `${name} must be a string.`);
  return value;
}

/** The key from the body, or as the password of HTTP Basic (RFC 6749, 2.3.1). A client_id is not needed and not looked at. */
function presentedKey(request: Request, fields: Map<string, unknown>): string {
  const inBody = field(fields, "client_secret");
  const encoded = request.headers.get("authorization")?.match(/^Basic +([^ ]+)$/i)?.[1];
  if (encoded === undefined) {
    if (inBody) return inBody;
    throw new Refusal(400, "invalid_request", "client_secret is missing: it is the API key.");
  }
  if (inBody) throw new Refusal(400, "invalid_request", "Send client_secret or HTTP Basic, not both.");
  try {
    const [, ...password] = atob(encoded).split(":");
    return decodeURIComponent(password.join(":"));
  } catch {
    throw new Refusal(401, "invalid_client", BAD_KEY);
  }
}

/** Ask the database what the key stands for. */
async function exchange(apiKey: string): Promise<Grant> {
  if (!KEY.test(apiKey)) throw new Refusal(401, "invalid_client", BAD_KEY);
  const told = await call("exchange_api_key", { api_key: apiKey });
  if (told.ok) return told.value as Grant;
  if (told.code === "invalid_client") throw new Refusal(401, "invalid_client", BAD_KEY);
  console.error(`exchange_api_key answered ${told.status} ${told.code}`);
  throw new Refusal(503, "temporarily_unavailable", "API keys cannot be checked right now.");
}

async function issue(grant: Grant): Promise<Record<string, unknown>> {
  const now = Math.floor(Date.now() / 1000);
  const keyEnds = grant.expires_at ? Math.floor(Date.parse(grant.expires_at) / 1000) : Infinity;
  const expires = Math.min(now + LIFETIME_SECONDS, keyEnds);
  if (expires <= now) throw new Refusal(401, "invalid_client", BAD_KEY);
  const scope = grant.scopes.join(" ");
  const token = await sign(JSON.parse(setting("WASL_JWT_SIGNING_KEY")), {
    iss: `${publicUrl()}/auth/v1`,
    sub: grant.api_key_id,
    aud: "authenticated",
    role: "authenticated",
    api_key_id: grant.api_key_id,
    organization_id: grant.organization_id,
    scope,
    iat: now,
    exp: expires,
  });
  return { access_token: token, token_type: "bearer", expires_in: expires - now, scope };
}

function answer(status: number, body: unknown): Response {
  const headers: Record<string, string> = { "cache-control": "no-store", pragma: "no-cache" };
  if (status === 401) headers["www-authenticate"] = 'Basic realm="wasl"';
  if (status === 405) headers.allow = "POST";
  if (status === 503) headers["retry-after"] = "5";
  return Response.json(body, { status, headers });
}
