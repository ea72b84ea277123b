import { describe, expect, it } from "vitest";
import { changesOf, draftOf, TARIFF_LINE, unfitIn } from "@/pages/shipping/carrier_draft";
import { nextWorkingHours } from "@/pages/shipping/pickup_times";
import { progressOf } from "@/pages/shipping/progress";
import { missingIn, newDraft, quoteArguments } from "@/pages/shipping/rate_draft";
import { reachable } from "@/hooks/documents";

const DUBAI = { city: "Dubai", country: "AE" };

describe("asking for prices", () => {
  const filled = () => ({
    ...newDraft("sandbox", "AE"),
    recipient: { country: "AE", city: " Abu Dhabi ", area: "" },
    parcels: [{ weight_kg: "1.2", length_cm: "", width_cm: "", height_cm: "" }],
  });

  it("names what is missing as the hub would", () => {
    expect([...missingIn(newDraft("sandbox", "AE"), DUBAI)]).toEqual(["recipient.city", "parcels.0.weight_kg"]);
    expect(missingIn(filled(), DUBAI).size).toBe(0);
  });

  it("sends what is filled in, weights as they were written", () => {
    expect(quoteArguments(filled(), DUBAI)).toEqual({
      environment: "sandbox",
      sender: DUBAI,
      recipient: { country: "AE", city: "Abu Dhabi" },
      parcels: [{ weight_kg: "1.2" }],
      contents: "goods",
      currency: "AED",
      signature_required: false,
      rank_by: "price",
    });
  });

  it("tells customs of goods that go abroad, and of documents nothing", () => {
    const abroad = { ...filled(), recipient: { country: "GB", city: "London" } };
    expect(missingIn(abroad, DUBAI)).toContain("customs.items.0.unit_value");
    expect(quoteArguments(abroad, DUBAI).customs).toEqual({
      currency: "AED",
      items: [{ quantity: 1, origin_country: "AE" }],
    });
    expect(quoteArguments({ ...abroad, contents: "documents" }, DUBAI).customs).toBeUndefined();
  });
});

describe("how far a parcel has come", () => {
  const shipment = (status: string) => ({ status, created_at: "T0", delivered_at: null }) as never;
  const event = (status: string | null, occurred_at: string) =>
    ({ id: occurred_at, status, occurred_at, detail: null }) as never;
  const states = (status: string, ...events: never[]) =>
    progressOf(shipment(status), events).steps.map(({ state }) => state);

  it("goes on from where it stands; what nobody reported is done once a later step is", () => {
    expect(states("created")).toEqual(["current", "ahead", "ahead", "ahead", "ahead"]);
    expect(states("in_transit", event("in_transit", "T1"))).toEqual(["done", "done", "current", "ahead", "ahead"]);
    expect(states("delivered", event("delivered", "T9"))).toEqual(["done", "done", "done", "done", "done"]);
    expect(states("pending")).toEqual(["ahead", "ahead", "ahead", "ahead", "ahead"]);
  });

  it("halts where an exception found it", () => {
    const { steps, halted, exceptions } = progressOf(shipment("exception"), [
      event("picked_up", "T1"),
      event("exception", "T2"),
    ]);
    expect(halted).toBe("exception");
    expect(steps.findLast(({ state }) => state === "done")).toMatchObject({ name: "picked_up", at: "T1" });
    expect(exceptions).toHaveLength(1);
  });
});

describe("a carrier's settings", () => {
  const rules = {
    enabled: true,
    cash_on_delivery: false,
    priority: 10,
    stalled_after_hours: 48,
    minimum_weight_kg: null,
    maximum_weight_kg: 30.5,
    countries: ["AE", "SA"],
    services: [],
    default_service: null,
    emirates: ["dubai"],
    levels: ["express"],
    tariff: [
      { service: "N", level: "next_day", base_amount: "15.00", currency: "AED", transit_days: 1, emirates: ["dubai"] },
    ],
  } as never;

  it("come back as they were, unless they are changed", () => {
    expect(changesOf(draftOf(rules))).toEqual({ ...(rules as object), maximum_weight_kg: "30.5" });
  });

  it("names what is out of range, as the hub would", () => {
    const draft = { ...draftOf(rules), priority: "-1", minimum_weight_kg: "heavy", tariff: [TARIFF_LINE] };
    expect([...unfitIn(draft)]).toEqual(["priority", "minimum_weight_kg", "tariff.0.service", "tariff.0.base_amount"]);
  });
});

describe("a driver's hours", () => {
  it("begin with the next hour, or tomorrow when it is late", () => {
    const at = (time: string) => nextWorkingHours("Asia/Dubai", new Date(time));
    expect(at("2026-11-30T06:20:00Z")).toEqual({ day: "2026-11-30", from: "11:00", to: "18:00" });
    expect(at("2026-11-30T00:00:00Z")).toMatchObject({ day: "2026-11-30", from: "09:00" });
    expect(at("2026-11-30T15:00:00Z")).toMatchObject({ day: "2026-12-01", from: "09:00" });
  });
});

it("asks the hub that serves the page for its files by the page's own name, and others by theirs", () => {
  const link = "http://127.0.0.1:54700/storage/v1/object/sign/b/label.pdf?token=t";
  expect(reachable(link, window.location.origin)).toBe("/storage/v1/object/sign/b/label.pdf?token=t");
  expect(reachable(link, "https://project.supabase.co")).toBe(link);
});
