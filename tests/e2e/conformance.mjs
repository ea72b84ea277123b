// The official JavaScript client against the stack, unmodified. Prints what it saw as one JSON object.
// Usage: node conformance.mjs URL PUBLISHABLE_KEY SECRET_KEY

import { createClient } from "@supabase/supabase-js";

const [url, publishableKey, secretKey] = process.argv.slice(2);
const options = { auth: { persistSession: false, autoRefreshToken: false } };
const stamp = crypto.randomUUID();
const password = "correct-horse-battery-staple";

async function person(name) {
  const client = createClient(url, publishableKey, options);
  const email = `${name}-${stamp}@example.com`;
  const signedUp = await client.auth.signUp({ email, password });
  if (signedUp.error) throw signedUp.error;
  return { client, email, id: signedUp.data.user.id };
}

const seen = {};
const amal = await person("amal");
const badr = await person("badr");

const again = await amal.client.auth.signInWithPassword({ email: amal.email, password });
seen.signs_in = again.data.user.id === amal.id;
const wrong = await createClient(url, publishableKey, options).auth.signInWithPassword({ email: amal.email, password: "no" });
seen.wrong_password = wrong.error.code;
const claims = await amal.client.auth.getClaims();
seen.claims = { algorithm: claims.data.header.alg, role: claims.data.claims.role, own: claims.data.claims.sub === amal.id };
seen.user = (await amal.client.auth.getUser()).data.user.email === amal.email;
seen.refreshes = (await amal.client.auth.refreshSession()).error === null;

const created = await amal.client.rpc("create_organization", { name: "Amal Trading" });
seen.rpc = created.error ?? created.data.name;
const id = created.data.id;
seen.own_rows = (await amal.client.from("organizations").select("id,name").eq("id", id)).data;
seen.others_rows = (await badr.client.from("organizations").select("id,name").eq("id", id)).data;
const embedded = await amal.client.from("organizations").select("id,organization_members(role)").eq("id", id).single();
seen.embedded = embedded.error ?? embedded.data.organization_members;
const counted = await amal.client.from("organizations").select("id", { count: "exact", head: true });
seen.count = counted.count;

const nobody = createClient(url, publishableKey, options);
seen.anonymous = (await nobody.from("organizations").select("id")).error.code;
const server = createClient(url, secretKey, options);
seen.server = (await server.from("organizations").select("id,name").eq("id", id)).data;
const stranger = createClient(url, "sb_publishable_unknown", options);
seen.unknown_key = (await stranger.from("organizations").select("id")).status;
seen.missing_function = (await nobody.functions.invoke("no-such-function", { body: {} })).error.context.status;

await amal.client.auth.signOut();
seen.signed_out = (await amal.client.from("organizations").select("id")).error.code;

console.log(JSON.stringify({ id, ...seen }));
