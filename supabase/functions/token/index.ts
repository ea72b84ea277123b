// Trades an API key for a short access token: OAuth 2.0 client credentials (RFC 6749, section 4.4).
//
// The database says whether the key is good and for whom; this function only signs. Keys have 256 random bits, so guessing
// needs no counter here; limit the load at the gateway.
//
// Environment: SUPABASE_URL; SUPABASE_SECRET_KEYS or SUPABASE_SERVICE_ROLE_KEY; WASL_JWT_SIGNING_KEY, the private ES256 JWK
// that the Data API trusts; WASL_PUBLIC_URL where SUPABASE_URL is not the public address.

const LIFETIME_SECONDS = 15 * 60;
const BODY_LIMIT_BYTES = 8 * 1024;

type Grant = { api_key_id: string; organization_id: string; scopes: string[]; expires_at: string | null };
type Asked = { grantType?: string; secret?: string };

/** A refusal in the words of RFC 6749, section 5.2. */
class Refusal extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}

export async function handle(request: Request): Promise<Response> {
  try {
    if (request.method !== "POST") throw new Refusal(405, "invalid_request", "Use POST.");
    const asked = await read(request);
    if (asked.grantType !== "client_credentials") {
      throw new Refusal(400, "unsupported_grant_type", "grant_type must be client_credentials.");
    }
    if (!asked.secret) throw new Refusal(400, "invalid_request", "client_secret must be the API key.");
    return answer(200, await issue(await exchange(asked.secret)));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return answer(error.status, { error: error.code, error_description: error.message });
  }
}

/** The client's words, from a form or JSON; the secret may also come as HTTP Basic. */
async function read(request: Request): Promise<Asked> {
  const body = await limited(request);
  const kind = request.headers.get("content-type")?.split(";")[0].trim().toLowerCase();
  let fields: Record<string, unknown>;
  if (kind === "application/json") {
    try {
      fields = JSON.parse(body) ?? {};
    } catch {
      throw new Refusal(400, "invalid_request", "The body is not JSON.");
    }
  } else if (kind === "application/x-www-form-urlencoded") {
    fields = Object.fromEntries(new URLSearchParams(body));
  } else {
    throw new Refusal(400, "invalid_request", "Send application/x-www-form-urlencoded or application/json.");
  }
  return { grantType: text(fields.grant_type), secret: text(fields.client_secret) ?? basicSecret(request) };
}

async function limited(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) throw new Refusal(413, "invalid_request", "The body is too large.");
    chunks.push(chunk);
  }
  return await new Blob(chunks as BlobPart[]).text();
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function basicSecret(request: Request): string | undefined {
  const encoded = request.headers.get("authorization")?.match(/^Basic ([A-Za-z0-9+/]+=*)$/)?.[1];
  if (!encoded) return undefined;
  try {
    return text(decodeURIComponent(atob(encoded).split(":").slice(1).join(":")));
  } catch {
    return undefined;
  }
}

/** Ask the database what the key stands for. */
async function exchange(apiKey: string): Promise<Grant> {
  const key = secretKey();
  const headers: Record<string, string> = { apikey: key, "content-type": "application/json" };
  if (!key.startsWith("sb_")) headers.authorization = `Bearer ${key}`; // a legacy key is itself the token
  const response = await fetch(`${required("SUPABASE_URL")}/rest/v1/rpc/exchange_api_key`, {
    method: "POST",
    headers,
    body: JSON.stringify({ api_key: apiKey }),
  });
  const told = await response.json().catch(() => ({}));
  if (response.ok) return told;
  if (told.code === "invalid_client") throw new Refusal(401, "invalid_client", told.message);
  console.error(`exchange_api_key answered ${response.status} ${told.code ?? ""}`);
  throw new Refusal(503, "temporarily_unavailable", "API keys cannot be checked right now.");
}

async function issue(grant: Grant): Promise<Record<string, unknown>> {
  const now = Math.floor(Date.now() / 1000);
  const keyEnds = grant.expires_at ? Math.floor(Date.parse(grant.expires_at) / 1000) : Infinity;
  const expires = Math.min(now + LIFETIME_SECONDS, keyEnds);
  const claims = {
    iss: `${Deno.env.get("WASL_PUBLIC_URL") ?? required("SUPABASE_URL")}/auth/v1`,
    sub: grant.api_key_id,
    aud: "authenticated",
    role: "authenticated",
    api_key_id: grant.api_key_id,
    organization_id: grant.organization_id,
    scope: grant.scopes.join(" "),
    iat: now,
    exp: expires,
  };
  return { access_token: await sign(claims), token_type: "bearer", expires_in: expires - now, scope: claims.scope };
}

async function sign(claims: Record<string, unknown>): Promise<string> {
  const { kid, kty, crv, x, y, d } = JSON.parse(required("WASL_JWT_SIGNING_KEY"));
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y, d }, algorithm, false, ["sign"]);
  const signed = [{ alg: "ES256", typ: "JWT", kid }, claims].map((part) => base64url(JSON.stringify(part))).join(".");
  const signature = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(signed));
  return `${signed}.${base64url(new Uint8Array(signature))}`;
}

function base64url(data: string | Uint8Array): string {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function secretKey(): string {
  const named = Deno.env.get("SUPABASE_SECRET_KEYS");
  return named ? Object.values(JSON.parse(named) as Record<string, string>)[0] : required("SUPABASE_SERVICE_ROLE_KEY");
}

function required(name: string): string {
  const value = Deno.env.get(name);
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

function answer(status: number, body: unknown): Response {
  const headers: Record<string, string> = { "cache-control": "no-store", pragma: "no-cache" };
  if (status === 401) headers["www-authenticate"] = "Basic";
  if (status === 405) headers.allow = "POST";
  return Response.json(body, { status, headers });
}

export default { fetch: handle };
