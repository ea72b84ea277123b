import { renderHook, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";
import { allAuditLines, auditConditions, useAuditLog } from "@/hooks/audit";
import { answer, HUB, inOrganization, ORGANIZATION, server } from "../hub";

const ALWAYS = { since: null, until: null };

describe("the filters of the log", () => {
  it.each([
    [{ actor: "5f0e" }, [["actor_id", "eq", "5f0e"]]],
    [{ actor: "worker" }, [["actor_type", "eq", "worker"]]],
    [{ action: "member.set" }, [["action", "eq", "member.set"]]],
    [{ action: "member.*" }, [["action", "like", "member.%"]]],
    [
      { target: "connection", targetId: "c" },
      [
        ["target_type", "eq", "connection"],
        ["target_id", "eq", "c"],
      ],
    ],
    [
      { since: "2026-11-01", until: "2026-12-01" },
      [
        ["occurred_at", "gte", "2026-11-01"],
        ["occurred_at", "lt", "2026-12-01"],
      ],
    ],
  ])("%o", (filters, conditions) => {
    expect(auditConditions({ ...ALWAYS, ...filters })).toEqual(conditions);
  });
});

it("goes on below the last line that is shown", async () => {
  const page = Array.from({ length: 100 }, (_, n) => ({ id: String(n), sequence: 200 - n }));
  const asked = answer("audit_log", page);
  const { result } = renderHook(() => useAuditLog(ALWAYS), { wrapper: inOrganization() });
  await waitFor(() => expect(result.current.hasNextPage).toBe(true));
  void result.current.fetchNextPage();
  await waitFor(() => expect(asked).toHaveLength(2));
  expect(asked[1]?.search.get("sequence")).toBe("lt.101");
  expect(asked[1]?.search.get("organization_id")).toBe(`eq.${ORGANIZATION.id}`);
});

it("reads all lines for an export, and tells how far it is", async () => {
  const sequences = Array.from({ length: 1500 }, (_, n) => 1500 - n);
  server.use(
    http.get(`${HUB}/rest/v1/audit_log`, ({ request }) => {
      const below = Number(new URL(request.url).searchParams.get("sequence")?.slice(3) ?? Infinity);
      const rows = sequences.filter((sequence) => sequence < below).slice(0, 1000);
      return HttpResponse.json(rows.map((sequence) => ({ id: String(sequence), sequence })));
    }),
  );
  const told: number[] = [];
  const lines = await allAuditLines(ORGANIZATION.id, ALWAYS, (count) => told.push(count), new AbortController().signal);
  expect(lines.map(({ sequence }) => sequence)).toEqual(sequences);
  expect(told).toEqual([1000, 1500]);
});
