// GoTrue-compatible auth (@supabase/lite) on the stack's PostgreSQL, speaking ES256 as hosted Supabase does.
//
// @supabase/lite signs its access tokens with HS256. This server signs them anew with the stack's ES256 key on the way
// out and turns them back on the way in, so that clients, PostgREST and workers verify every token with one public key set.
//
// Configuration: the environment variable WASL_AUTH_CONFIG, as JSON:
//   { port, database_url, issuer, signing_key (private JWK), hs256_secret, auth (the [auth] table of supabase/config.toml) }

import { serve } from "@hono/node-server";
import { App, getAuthSchemaSql } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";
import { decodeJwt, importJWK, jwtVerify, SignJWT } from "jose";
import postgres from "postgres";

const config = JSON.parse(process.env.WASL_AUTH_CONFIG);
const { d: _private, ...publicKey } = config.signing_key;
const signingKey = await importJWK(config.signing_key, "ES256");
const verifyingKey = await importJWK(publicKey, "ES256");
const hs256Key = new TextEncoder().encode(config.hs256_secret);
const keySet = { keys: [{ ...publicKey, key_ops: ["verify"] }] };

async function createTables() {
  const sql = postgres(config.database_url, { onnotice: () => {} });
  const [{ present }] = await sql`select to_regclass('auth.audit_log_entries') is not null as present`;
  if (!present) await sql.unsafe(getAuthSchemaSql());
  await sql.end();
}

/** The access token with the claims hosted Supabase adds, signed with ES256. */
async function toEs256(token, user) {
  const claims = {
    ...decodeJwt(token),
    iss: config.issuer,
    aal: "aal1",
    phone: user?.phone ?? "",
    app_metadata: user?.app_metadata ?? {},
    user_metadata: user?.user_metadata ?? {},
    is_anonymous: user?.is_anonymous ?? false,
  };
  return new SignJWT(claims).setProtectedHeader({ alg: "ES256", typ: "JWT", kid: config.signing_key.kid }).sign(signingKey);
}

/** The same claims under @supabase/lite's own secret; a token that is not ours is passed on for it to refuse. */
async function toHs256(token) {
  try {
    const { payload } = await jwtVerify(token, verifyingKey, { algorithms: ["ES256"] });
    return new SignJWT(payload).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(hs256Key);
  } catch {
    return token;
  }
}

async function translateRequest(request) {
  const bearer = request.headers.get("authorization")?.match(/^Bearer\s+(.+)$/i)?.[1];
  if (!bearer) return request;
  const headers = new Headers(request.headers);
  headers.set("authorization", `Bearer ${await toHs256(bearer)}`);
  return new Request(request, { headers });
}

/** Redirects after an e-mailed link carry the session in the fragment. */
async function translateRedirect(response) {
  const [target, fragment] = (response.headers.get("location") ?? "").split("#", 2);
  const parameters = new URLSearchParams(fragment ?? "");
  if (!parameters.has("access_token")) return response;
  parameters.set("access_token", await toEs256(parameters.get("access_token")));
  const headers = new Headers(response.headers);
  headers.set("location", `${target}#${parameters}`);
  return new Response(response.body, { status: response.status, headers });
}

async function translateResponse(response) {
  if (response.headers.has("location")) return translateRedirect(response);
  if (!response.headers.get("content-type")?.includes("application/json")) return response;
  const body = await response.json();
  if (typeof body?.access_token === "string") body.access_token = await toEs256(body.access_token, body.user);
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  return new Response(JSON.stringify(body), { status: response.status, headers });
}

// Times as RFC 3339, as hosted auth writes them ("2026-11-23T10:00:00.5Z"): strict clients refuse PostgreSQL's own form.
const timestamptz = {
  to: 1184,
  from: [1184],
  serialize: (value) => value,
  parse: (text) => text.replace(" ", "T").replace(/\+00$/, "Z"),
};

await createTables();
const app = new App({
  connection: createPostgresConnection({
    url: config.database_url,
    postgresOptions: { max: 10, onnotice: () => {}, types: { timestamptz } },
  }),
  auth: { ...config.auth, enabled: true, jwt_secret: config.hs256_secret },
  studio: { enabled: false },
  options: { server: { apiKeys: false, admin: false } },
});

async function answer(request) {
  const path = new URL(request.url).pathname;
  if (!path.startsWith("/auth/v1/")) return new Response("Not found", { status: 404 });
  if (path === "/auth/v1/.well-known/jwks.json") {
    return Response.json(keySet, { headers: { "cache-control": "public, max-age=600" } });
  }
  return translateResponse(await app.fetch(await translateRequest(request), { peerAddress: null }));
}

const server = serve({ fetch: answer, port: config.port, hostname: "127.0.0.1" });
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
