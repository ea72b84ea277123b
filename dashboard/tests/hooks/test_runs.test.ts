import { act, renderHook } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";
import { useRun, useRuns, type WantedRun } from "@/hooks/test_runs";
import { answer, inOrganization, server } from "../hub";

const SANDBOX = "http://hub.test/sandbox";
const WANTED: WantedRun = {
  rpc: "create_payment",
  operation: "payment.create",
  connectionId: "c-1",
  args: { amount: "25.00" },
  faults: [{ provider: "stripe", kind: "drop_after" }],
  sandbox: SANDBOX,
};

/** The sandbox's faults as a list that is planned to and forgotten from; returns what was asked, in order. */
function planning(status = 201): string[] {
  const asked: string[] = [];
  server.use(
    http.post(`${SANDBOX}/_faults`, () => {
      asked.push("plan");
      return HttpResponse.json(status === 201 ? { id: 7 } : { message: "Sign in first" }, { status });
    }),
    http.delete(`${SANDBOX}/_faults/7`, () => {
      asked.push("forget 7");
      return HttpResponse.json({});
    }),
  );
  return asked;
}

function bench() {
  return renderHook(() => ({ run: useRun(), runs: useRuns() }), { wrapper: inOrganization() });
}

describe("a run", () => {
  it("plans its faults, finds its operation, and forgets what nothing has met", async () => {
    const asked = planning();
    const called = answer("rpc/create_payment", { id: "p-1", status: "pending" });
    const looked = answer("operations", [{ id: "op-1", status: "succeeded" }]);
    const { result } = bench();
    await act(async () => {
      await result.current.run.mutateAsync(WANTED);
    });
    expect(called[0]?.body).toEqual({ amount: "25.00" });
    expect(looked[0]?.search.get("subject_id")).toBe("eq.p-1");
    await expect.poll(() => result.current.runs).toMatchObject([{ id: "op-1", operationId: "op-1", problem: null }]);
    await expect.poll(() => asked).toEqual(["plan", "forget 7"]);
  });

  it("keeps what the hub refused, and forgets its faults at once", async () => {
    const asked = planning();
    const refusal = { code: "invalid_amount", message: "The amount is not valid.", details: "amount" };
    answer("rpc/create_payment", refusal, 400);
    const { result } = bench();
    await act(async () => {
      await result.current.run.mutateAsync(WANTED);
    });
    await expect
      .poll(() => result.current.runs)
      .toMatchObject([{ operationId: null, problem: { code: "invalid_amount", field: "amount" } }]);
    await expect.poll(() => asked).toEqual(["plan", "forget 7"]);
  });

  it("calls nothing when a fault cannot be planned", async () => {
    planning(401);
    const called = answer("rpc/create_payment", {});
    const { result } = bench();
    await act(async () => {
      await expect(result.current.run.mutateAsync(WANTED)).rejects.toMatchObject({ message: "Sign in first" });
    });
    expect(called).toEqual([]);
    expect(result.current.runs).toEqual([]);
  });
});
