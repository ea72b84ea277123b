import { renderHook, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { dayStart, findingNumber, statusesOf, useShipments } from "@/hooks/shipments";
import { useConnectionNames } from "@/hooks/connections";
import { useCarrierNames } from "@/hooks/shipping";
import { troubled } from "@/hooks/troubled_shipments";
import { answer, inOrganization, ORGANIZATION } from "../hub";

const NONE = { environment: null };
const row = (place: number) => ({
  id: `s-${place}`,
  created_at: `2026-11-30T00:${String(59 - place).padStart(2, "0")}:00Z`,
});

async function list(filters: Parameters<typeof useShipments>[0]) {
  const { result } = renderHook(() => useShipments(filters), { wrapper: inOrganization() });
  await waitFor(() => expect(result.current.isSuccess).toBe(true));
  return result;
}

describe("the list of shipments", () => {
  it("asks for the organization's, with who receives them, newest first", async () => {
    const asked = answer("shipments", []);
    await list(NONE);
    const search = asked[0]?.search;
    expect(search?.get("organization_id")).toBe(`eq.${ORGANIZATION.id}`);
    expect(search?.get("select")).toContain("recipient");
    expect(search?.get("order")).toBe("created_at.desc,id.desc");
  });

  it("asks for what the filters say", async () => {
    const asked = answer("shipments", []);
    await list({
      status: "under_way",
      connection: "c-1",
      since: "2026-11-29",
      until: "2026-11-29",
      environment: "live",
    });
    const search = asked[0]?.search;
    expect(search?.get("status")).toBe("in.(created,picked_up,in_transit,out_for_delivery,exception)");
    expect(search?.get("connection_id")).toBe("eq.c-1");
    expect(search?.get("environment")).toBe("eq.live");
    expect(search?.getAll("created_at")).toEqual(["gte.2026-11-28T20:00:00.000Z", "lt.2026-11-29T20:00:00.000Z"]);
  });

  it("goes on after the last line of a full page", async () => {
    const asked = answer(
      "shipments",
      Array.from({ length: 50 }, (_, place) => row(place)),
    );
    const result = await list(NONE);
    expect(result.current.hasNextPage).toBe(true);
    await result.current.fetchNextPage();
    const { id, created_at } = row(49);
    expect(asked.at(-1)?.search.get("or")).toBe(
      `(created_at.lt."${created_at}",and(created_at.eq."${created_at}",id.lt."${id}"))`,
    );
  });

  it("ends with a page that is not full", async () => {
    answer("shipments", [row(0)]);
    expect((await list(NONE)).current.hasNextPage).toBe(false);
  });
});

describe("finding a number", () => {
  it("takes the beginning of a reference, and whole tracking numbers", () => {
    expect(findingNumber("A-1")).toBe(
      'reference.ilike."A-1%",tracking_number.eq."A-1",parcel_tracking_numbers.cs.{A-1}',
    );
  });

  it("takes signs as they stand, and lets nothing out of its quotes", () => {
    expect(findingNumber('50%",id.eq.1')).toBe(
      'reference.ilike."50\\\\%\\",id.eq.1%",tracking_number.eq."50%\\",id.eq.1"',
    );
  });
});

it("knows a day's beginning where the organization is, and what is no day", () => {
  expect(dayStart("2026-11-30", "Asia/Dubai")?.toISOString()).toBe("2026-11-29T20:00:00.000Z");
  expect(dayStart("2026-13-45", "Asia/Dubai")).toBeNull();
  expect(dayStart("soon", "Asia/Dubai")).toBeNull();
});

it("takes a status that there is not for none", () => {
  expect(statusesOf("delivered")).toEqual(["delivered"]);
  expect(statusesOf("lost")).toBeNull();
});

describe("troubled shipments", () => {
  const shipment = (id: string, status: "exception" | "in_transit" | "created") =>
    ({ id, status, created_at: "2026-11-01T00:00:00Z", last_event_at: "2026-11-05T00:00:00Z" }) as never;
  const alert = (shipment_id: string, kind: string, first_seen_at: string) =>
    ({ id: kind, kind, detail: { shipment_id }, first_seen_at, severity: "warning" }) as never;

  it("are there once each, with the worst that is known of them, the longest waiting first", () => {
    const found = troubled(
      [shipment("new", "exception"), shipment("silent", "in_transit")],
      [
        alert("silent", "shipment.stalled", "2026-11-03T00:00:00Z"),
        alert("silent", "shipment.outcome_unknown", "2026-11-04T00:00:00Z"),
      ],
    );
    expect(found.map(({ id, trouble, since }) => [id, trouble, since])).toEqual([
      ["silent", "outcome_unknown", "2026-11-04T00:00:00Z"],
      ["new", "exception", "2026-11-05T00:00:00Z"],
    ]);
  });
});

it("knows carriers by the names they had, beside what other pages know of the same connections", async () => {
  const rows = [{ id: "c-1", name: "Aramex (disconnected bc7c8535465e)", status: "disconnected" }];
  answer("integration_connections", rows);
  const { result } = renderHook(() => ({ names: useCarrierNames(), rows: useConnectionNames() }), {
    wrapper: inOrganization(),
  });
  await waitFor(() => expect(result.current.names?.get("c-1")).toEqual({ name: "Aramex", cut: true }));
  expect(result.current.rows.data).toEqual(rows);
});
