/** The one Supabase client. Everything goes through it with the user's own session, so row-level security decides. */
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Config } from "./config";
import type { Computed, Database } from "./database";
import { asProblem } from "./problem";

type Public = Database["public"];
type Tables = Public["Tables"];
/** The database with the computed columns among the others: `select("*,customer")` has them, `select("*")` does not. */
type Hub = Omit<Database, "public"> & {
  public: Omit<Public, "Tables"> & {
    Tables: {
      [T in keyof Tables]: T extends keyof Computed
        ? Omit<Tables[T], "Row"> & { Row: Tables[T]["Row"] & Computed[T] }
        : Tables[T];
    };
  };
};
export type Client = SupabaseClient<Hub>;

/** A row of a table, such as `Row<"payments">`, without its computed columns. */
export type Row<T extends keyof Tables> = Tables[T]["Row"];
/** A row with its computed columns, for selects that name them all. */
export type WholeRow<T extends keyof Computed> = Tables[T]["Row"] & Computed[T];
/** The values of an enumeration, such as `Enum<"payment_status">`. */
export type Enum<T extends keyof Public["Enums"]> = Public["Enums"][T];
/** The name of an RPC. */
export type RpcName = keyof Public["Functions"];
/** The arguments of an RPC, such as `Arguments<"create_payment">`. */
export type Arguments<F extends RpcName> = Public["Functions"][F]["Args"];
/** What an RPC answers. */
export type Answer<F extends RpcName> = Public["Functions"][F]["Returns"];

/**
 * A row in which these columns are never null: functions that answer with rows of a composite type, whose columns the
 * generated types all take for nullable.
 */
export type Known<R, K extends keyof R> = { [P in keyof R]: P extends K ? NonNullable<R[P]> : R[P] };

let client: Client | undefined;

const SESSION = "wasl.session";

/** Whether somebody has signed in in this browser; their session may have ended since. */
export function keepsSession(): boolean {
  return localStorage.getItem(SESSION) !== null;
}

/** Make the client, once, before anything is shown. */
export function connect(config: Config): Client {
  client = createClient<Hub>(config.url, config.publishableKey, {
    auth: { persistSession: true, autoRefreshToken: true, detectSessionInUrl: true, storageKey: SESSION },
  });
  return client;
}

/** The client; `connect` has been called by main.tsx. */
export function supabase(): Client {
  if (!client) throw new Error("The client is not connected.");
  return client;
}

interface Result<T> {
  data: T;
  error: unknown;
  status?: number;
}

/** The data of a PostgREST answer; its error is thrown as a `Problem`. */
export async function dataOf<T>(answer: PromiseLike<Result<T> | Result<null>>): Promise<NonNullable<T>> {
  const { data, error, status } = await answer;
  if (error) throw asProblem(error, status);
  return data as NonNullable<T>;
}

/** Rows of a query and how many there are in all (`select(…, { count: "exact" })`). */
export async function countOf(
  answer: PromiseLike<{ count: number | null; error: unknown; status?: number }>,
): Promise<number> {
  const { count, error, status } = await answer;
  if (error) throw asProblem(error, status);
  return count ?? 0;
}

/** Call an RPC; throws a `Problem`. Arguments that are undefined are left out. */
export async function rpc<F extends RpcName>(
  name: F,
  args: Arguments<F>,
  signal?: AbortSignal,
): Promise<NonNullable<Answer<F>>> {
  const call = supabase().rpc(name, args as never);
  return dataOf((signal ? call.abortSignal(signal) : call) as PromiseLike<Result<Answer<F>>>);
}

const PAGE_ROWS = 1000;

/**
 * All rows of an RPC that answers with many: PostgREST gives at most a thousand at a time. `order` names columns that
 * tell the rows apart, so that pages neither overlap nor leave out.
 */
export async function rpcRows<F extends RpcName>(
  name: F,
  args: Arguments<F>,
  order: readonly string[],
  signal: AbortSignal,
): Promise<Answer<F>> {
  const all: unknown[] = [];
  for (;;) {
    const call = supabase().rpc(name, args as never);
    // Builders are changed in place.
    for (const column of order) call.order(column);
    const page = await dataOf(
      call.range(all.length, all.length + PAGE_ROWS - 1).abortSignal(signal) as unknown as PromiseLike<
        Result<unknown[]>
      >,
    );
    all.push(...page);
    if (page.length < PAGE_ROWS) return all as Answer<F>;
  }
}
