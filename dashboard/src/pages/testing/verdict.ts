/** What a test of credentials found, in few words: the one that the page has a sentence for. */
import type { Operation } from "@/hooks/operations";

export type VerdictKey = "accepted" | "slow" | "refused" | "incomplete" | "unreachable" | "limited" | "unclear";

export interface Verdict {
  key: VerdictKey;
  /** In the words of the states: up, degraded, down. */
  state: string;
  /** The hub's or the provider's own sentence. */
  detail: string | null;
  latencyMs: number | null;
}

const BY_CODE: Record<string, VerdictKey> = {
  authentication_failed: "refused",
  credentials_missing: "incomplete",
  invalid_request: "incomplete",
  unavailable: "unreachable",
  rate_limited: "limited",
};

/** Of an operation `connection.test` that is done. */
export function verdictOf({ result, error, status }: Pick<Operation, "result" | "error" | "status">): Verdict {
  const found = (result ?? {}) as { ok?: boolean; state?: string; latency_ms?: number | null; detail?: string };
  const failure = (error ?? {}) as { code?: string; message?: string };
  const succeeded = status === "succeeded";
  const key = succeeded
    ? found.state === "degraded"
      ? "slow"
      : "accepted"
    : (BY_CODE[failure.code ?? ""] ?? "unclear");
  return {
    key,
    state: found.state ?? (succeeded ? "up" : "down"),
    detail: (succeeded ? found.detail : (failure.message ?? found.detail)) || null,
    latencyMs: found.latency_ms ?? null,
  };
}
