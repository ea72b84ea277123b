import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { matchingTypes, readEventTypes, textKey } from "@/pages/developers/catalogue/event_types";
import english from "@/locales/en/developers.json";

const TYPES = readEventTypes(readFileSync("../docs/webhooks.md", "utf8"));

describe("the catalogue of events", () => {
  it("has a type for each status that the document names", () => {
    const types = TYPES.map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining(["payment.succeeded", "shipment.delivered", "post.failed", "track.*"]),
    );
    expect(types.some((type) => type.includes("<"))).toBe(false);
    expect(new Set(types).size).toBe(types.length);
  });

  it("has a meaning for each of them, and for no other", () => {
    expect(Object.keys(english.event).sort()).toEqual(TYPES.map(({ type }) => textKey(type)).sort());
  });

  it("is searched by name and meaning", () => {
    const found = matchingTypes(TYPES, "refund went", (type) => (type === "payment.refunded" ? "All went back" : ""));
    expect(found.map(({ type }) => type)).toEqual(["payment.refunded"]);
  });

  it("complains of a document without the table", () => {
    expect(() => readEventTypes("# Webhooks")).toThrow("lists no events");
  });
});
