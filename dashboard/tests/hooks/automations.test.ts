import { act, renderHook, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { useAutomations, useDryRun, useSaveAutomation } from "@/hooks/automations";
import { asProblem } from "@/lib/problem";
import { answer, inOrganization, ORGANIZATION } from "../hub";

const DEFINITION = { events: ["lead.captured"], actions: [{ kind: "lead.upsert", with: { email: "a@b.ae" } }] };

describe("automations", () => {
  it("are those that are not deleted, of the environment or of both", async () => {
    const asked = answer("automations", []);
    const { result } = renderHook(() => useAutomations({ environment: "live" }), { wrapper: inOrganization() });
    await waitFor(() => expect(result.current.isSuccess).toBe(true));
    expect(asked[0]?.search.get("deleted_at")).toBe("is.null");
    expect(asked[0]?.search.get("or")).toBe("(environment.is.null,environment.eq.live)");
  });

  it("are deleted ones where these are asked for", async () => {
    const asked = answer("automations", []);
    renderHook(() => useAutomations({ status: "deleted", environment: null }), { wrapper: inOrganization() });
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]?.search.get("deleted_at")).toBe("not.is.null");
  });
});

describe("saving an automation", () => {
  it.each([
    ["a new one is the organization's", {}, { organization_id: ORGANIZATION.id }],
    ["one that is there needs none", { automation_id: "a-1" }, { automation_id: "a-1" }],
  ])("%s", async (_, which, sent) => {
    const asked = answer("rpc/save_automation", { id: "a-1" });
    const { result } = renderHook(() => useSaveAutomation(), { wrapper: inOrganization() });
    await act(() => result.current.mutateAsync({ ...which, name: "Thank", definition: DEFINITION }));
    expect(asked[0]?.body).toEqual({ ...sent, name: "Thank", definition: DEFINITION });
  });
});

describe("a trial", () => {
  it("answers what the worker said", async () => {
    const told = { would_run: true, reason: null, steps: [] };
    answer("rpc/dry_run_automation", { id: "o-1", status: "succeeded", result: told });
    const { result } = renderHook(() => useDryRun(), { wrapper: inOrganization() });
    await act(async () => expect(await result.current.mutateAsync({ automation_id: "a-1" })).toEqual(told));
  });

  it("tells why a worker could not say", async () => {
    const error = { code: "not_found", message: "What the operation was about has been deleted." };
    answer("rpc/dry_run_automation", { id: "o-1", status: "failed", error });
    const { result } = renderHook(() => useDryRun(), { wrapper: inOrganization() });
    await act(async () => {
      const reason: unknown = await result.current.mutateAsync({ automation_id: "a-1" }).catch((each: unknown) => each);
      expect(asProblem(reason).message).toBe(error.message);
    });
  });
});
