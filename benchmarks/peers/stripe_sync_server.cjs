// @supabase/stripe-sync-engine (npm) behind fastify, as the ingest benchmark's peer; see benchmarks/ingest_subjects.py.
//
// Set up as its README does, pool of ten connections included. Loaded with require: the ESM build's runMigrations (0.48.5)
// fails without a word, stripe/sync-engine pull request 308.
const { StripeSync, runMigrations } = require("@supabase/stripe-sync-engine");
const fastify = require("fastify");

async function main() {
  const [connectionString, stripeWebhookSecret, port] = process.argv.slice(2);
  await runMigrations({ databaseUrl: connectionString, schema: "stripe" });
  const sync = new StripeSync({
    poolConfig: { connectionString, max: 10, keepAlive: true },
    stripeSecretKey: "sk_test_benchmark",
    stripeWebhookSecret,
  });
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.post("/webhooks", async (request) => {
    await sync.processWebhook(request.body, request.headers["stripe-signature"]);
    return { received: true };
  });
  await app.listen({ host: "127.0.0.1", port: Number(port) });
  process.stdout.write("ready\n");
}

main();
