import { expect, it } from "vitest";
import { every } from "@/lib/live";

it("polls at its pace while all is well", () => {
  expect(every(10_000)({ state: { status: "success" } })).toBe(10_000);
});

it("polls more slowly while it fails, but goes on", () => {
  expect(every(10_000)({ state: { status: "error" } })).toBe(40_000);
  expect(every(100_000)({ state: { status: "error" } })).toBe(120_000);
});
