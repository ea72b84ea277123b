/** What went wrong, in the form that every page shows: an error of PostgREST, of auth, of the network, or of a worker. */

export type ProblemKind =
  "permission" | "session" | "not_found" | "invalid" | "conflict" | "rate_limited" | "network" | "server";

/** An error for people. `message` is the hub's own sentence; the title is the kind's, translated where it is shown. */
export class Problem extends Error {
  override name = "Problem";
  constructor(
    readonly kind: ProblemKind,
    message: string,
    /** Stable and made for programs, such as `invalid_amount`. */
    readonly code: string,
    /** The argument at fault, if one is; dotted below it. */
    readonly field: string | null = null,
    readonly hint: string | null = null,
    readonly status: number | null = null,
  ) {
    super(message);
  }

  /** Whether the same call may succeed later without anything being changed. */
  get passing(): boolean {
    return this.kind === "network" || this.kind === "rate_limited" || this.kind === "server";
  }
}

interface ErrorLike {
  code?: unknown;
  message?: unknown;
  details?: unknown;
  hint?: unknown;
  status?: unknown;
  name?: unknown;
}

// Ids of rows, which variants are named by, have hyphens.
const FIELD = /^[a-z][a-z0-9_]*([.[][a-z0-9_\]-]+)*$/;

/** Whatever was thrown or answered, as a `Problem`. `status` is the HTTP status where the error does not have it. */
export function asProblem(error: unknown, status?: number): Problem {
  if (error instanceof Problem) return error;
  const like = (typeof error === "object" && error !== null ? error : { message: error }) as ErrorLike;
  const message = text(like.message) ?? "";
  const code = text(like.code) ?? text(like.name) ?? "unknown";
  const answered = typeof like.status === "number" && like.status > 0 ? like.status : (status ?? 0);
  const details = text(like.details);
  const field = details && FIELD.test(details) ? details : null;
  return new Problem(kindOf(answered, code, message), message, code, field, text(like.hint), answered || null);
}

function kindOf(status: number, code: string, message: string): ProblemKind {
  if (code === "PGRST301" || code === "PGRST303" || code === "session_not_found") return "session";
  if (code === "42501" || status === 403) return "permission";
  if (status === 401) return "session";
  if (status === 404 || status === 406) return "not_found";
  if (status === 409) return "conflict";
  if (status === 429) return "rate_limited";
  if (status >= 400 && status < 500) return "invalid";
  if (status >= 500) return "server";
  return /fetch|network|load failed|abort/i.test(message) ? "network" : "server";
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
