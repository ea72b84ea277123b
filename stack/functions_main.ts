// Serves supabase/functions/<name>/index.ts under real Deno, one process for all of them, as the Supabase edge runtime does:
// a function calls Deno.serve(handler) or exports `default { fetch }`, and sees its URL as /<name>/...
//
// Environment: WASL_FUNCTIONS_HOST (127.0.0.1), WASL_FUNCTIONS_PORT, WASL_FUNCTIONS_DIRECTORY, and what the edge runtime gives a function (SUPABASE_URL ...).

type Handler = (request: Request) => Response | Promise<Response>;

const directory = Deno.env.get("WASL_FUNCTIONS_DIRECTORY")!;
const serve = Deno.serve;
const handlers = new Map<string, Promise<Handler>>();
let importing: Promise<unknown> = Promise.resolve();

/** Import one function and catch the handler it gives to Deno.serve. Imports run one after another: the catch is global. */
function load(name: string): Promise<Handler> {
  const loading = importing.then(async () => {
    let handler: Handler | undefined;
    const capture = (...given: unknown[]) => {
      handler = given.find((argument) => typeof argument === "function") as Handler | undefined;
      return { finished: Promise.resolve(), shutdown: () => Promise.resolve() };
    };
    Object.defineProperty(Deno, "serve", { value: capture, configurable: true, writable: true });
    const module = await import(`file://${directory}/${name}/index.ts`);
    handler ??= module.default?.fetch;
    if (!handler) throw new Error(`functions/${name}/index.ts neither calls Deno.serve nor exports default { fetch }`);
    return handler;
  });
  importing = loading.catch(() => {});
  return loading;
}

async function exists(name: string): Promise<boolean> {
  if (!/^[a-z][a-z0-9_-]*$/i.test(name)) return false;
  return await Deno.stat(`${directory}/${name}/index.ts`).then((entry) => entry.isFile, () => false);
}

async function answer(request: Request): Promise<Response> {
  const name = new URL(request.url).pathname.split("/")[1];
  if (!handlers.has(name) && !(await exists(name))) {
    return Response.json({ code: "NOT_FOUND", message: "Requested function was not found" }, { status: 404 });
  }
  // Looked up anew: of the first requests that come at once only one loads, since a module calls Deno.serve only once.
  if (!handlers.has(name)) handlers.set(name, load(name));
  try {
    return await (await handlers.get(name)!)(request);
  } catch (error) {
    console.error(`function ${name}:`, error);
    return Response.json({ code: "WORKER_ERROR", message: "The function failed; see its log" }, { status: 500 });
  }
}

serve({ hostname: Deno.env.get("WASL_FUNCTIONS_HOST") ?? "127.0.0.1", port: Number(Deno.env.get("WASL_FUNCTIONS_PORT")), onListen: () => {} }, (request) =>
  new URL(request.url).pathname === "/_health" ? new Response("ok") : answer(request));
