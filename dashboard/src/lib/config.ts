/** Where the hub is, as the gateway says in /config.json; nothing of it is built in, so one build serves every hub. */
import { queryOptions } from "@tanstack/react-query";

export interface Config {
  /** The Supabase URL. */
  url: string;
  /** The key for browsers: role `anon` until somebody signs in. */
  publishableKey: string;
  /** The controls of the sandbox that plays the providers, where one runs beside the hub; hubs for customers have none. */
  sandboxUrl: string | null;
  /** Whether the server has Supabase Realtime. */
  realtime: boolean;
}

interface Told {
  url?: string;
  publishable_key?: string;
  sandbox_url?: string;
  realtime?: boolean;
}

/** For components: the server is asked once. */
export const configQuery = queryOptions({
  queryKey: ["config"],
  queryFn: loadConfig,
  staleTime: Infinity,
  gcTime: Infinity,
});

/** Ask the server that served this page; throws when it does not say. */
export async function loadConfig(): Promise<Config> {
  const answer = await fetch("/config.json"); // index.html has begun to fetch it
  if (!answer.ok) throw new Error(`/config.json was answered with ${answer.status}`);
  const told = (await answer.json()) as Told;
  const { url, publishable_key: publishableKey, sandbox_url: sandboxUrl, realtime = false } = told;
  if (!publishableKey) throw new Error("/config.json names no publishable_key");
  return { url: url ?? window.location.origin, publishableKey, sandboxUrl: sandboxUrl ?? null, realtime };
}
