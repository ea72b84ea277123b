import { renderHook, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import {
  isGap,
  type LogFilters,
  type LogLine,
  lookingFor,
  operationsOf,
  PAGE_SIZE,
  timeOfId,
  useLogs,
  withTail,
} from "@/hooks/logs";
import { answer, inOrganization, ORGANIZATION } from "../hub";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const UUID = "0192d3c4-5e6f-7a8b-9c0d-1e2f3a4b5c6d";
const ALL: LogFilters = {
  connection: undefined,
  among: null,
  status: undefined,
  operation: undefined,
  since: "2026-11-29T10:00:00.000Z",
  until: undefined,
  text: undefined,
};
const line = (id: string, occurred_at: string) => ({ id, occurred_at }) as LogLine;

async function askedFor(filters: Partial<LogFilters>): Promise<URLSearchParams> {
  const asked = answer("integration_logs", []);
  const { result } = renderHook(() => useLogs({ ...ALL, ...filters }, true), { wrapper: inOrganization() });
  await waitFor(() => expect(result.current.isSuccess).toBe(true));
  return asked[0]?.search ?? new URLSearchParams();
}

describe("what is listed", () => {
  it("is the organization's, newest first, without what was sent and answered", async () => {
    const search = await askedFor({});
    expect(search.get("organization_id")).toBe(`eq.${ORGANIZATION.id}`);
    expect(search.get("order")).toBe("occurred_at.desc,id.desc");
    expect(search.get("select")).not.toMatch(/body|headers/);
  });

  it.each([
    ["error", "outcome", ["neq.ok"]],
    ["none", "status", ["is.null"]],
    ["4xx", "status", ["gte.400", "lt.500"]],
  ] as const)("can be that of the status %s", async (status, column, wanted) => {
    expect((await askedFor({ status })).getAll(column)).toEqual(wanted);
  });

  it("can be that of one environment's connections", async () => {
    expect((await askedFor({ among: ["c-1", "c-2"] })).get("connection_id")).toBe("in.(c-1,c-2)");
  });
});

describe("what is searched for", () => {
  it("is a trace, an operation, a line, or what the provider calls the request", () => {
    expect(lookingFor(TRACE)).toBe(`provider_request_id.eq."${TRACE}",trace_id.eq.${TRACE}`);
    expect(lookingFor(`00-${TRACE}-00f067aa0ba902b7-01`)).toContain(`trace_id.eq.${TRACE}`);
    expect(lookingFor(` ${UUID} `)).toBe(`provider_request_id.eq."${UUID}",operation_id.eq.${UUID},id.eq.${UUID}`);
    expect(lookingFor("req_1")).toBe('provider_request_id.eq."req_1"');
  });

  it("cannot say anything else to the hub", () => {
    expect(lookingFor('x",status.eq.200,or("')).toBe('provider_request_id.eq."x\\",status.eq.200,or(\\""');
  });
});

describe("what is new", () => {
  const older = line("1", "2026-11-30T10:00:00Z");
  const newer = line("2", "2026-11-30T10:00:05Z");

  it("goes on top, each line once, and by when the call began", () => {
    expect(withTail([older], [newer, older]).map(({ id }) => id)).toEqual(["2", "1"]);
    expect(withTail([newer], [older]).map(({ id }) => id)).toEqual(["2", "1"]);
  });

  it("leaves the list alone where nothing is, and its older part where something is", () => {
    const pages = [newer, older, line("0", "2026-11-30T09:00:00Z")];
    expect(withTail(pages, [newer, older])).toBe(pages);
    const late = line("1a", "2026-11-30T10:00:02Z"); // it began before what is there, and was recorded after it
    expect(withTail(pages, [newer, late]).map(({ id }) => id)).toEqual(["2", "1a", "1", "0"]);
  });

  it("leaves a gap when a whole page of it is unknown", () => {
    const page = Array.from({ length: PAGE_SIZE }, (_, index) => line(`n${index}`, "2026-11-30T11:00:00Z"));
    expect(isGap([older], page)).toBe(true);
    expect(isGap([older], page.slice(1))).toBe(false);
    expect(isGap([older], [...page.slice(1), older])).toBe(false);
    expect(isGap([], page)).toBe(false);
  });
});

it("knows when a line was made by its id", () => {
  expect(timeOfId("0192d3c4-5e6f-7a8b-9c0d-1e2f3a4b5c6d")?.getTime()).toBe(0x0192d3c45e6f);
  expect(timeOfId("0192d3c4-5e6f-4a8b-9c0d-1e2f3a4b5c6d")).toBeNull();
  expect(timeOfId("nothing")).toBeNull();
});

it("offers what was called, most called first", () => {
  const rows = [
    { operation: "create_payment", calls: 2 },
    { operation: "track", calls: 4 },
    { operation: "create_payment", calls: 3 },
    { operation: null, calls: 9 },
  ];
  expect(operationsOf(rows)).toEqual(["create_payment", "track"]);
});
