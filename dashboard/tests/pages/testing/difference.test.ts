import { describe, expect, it } from "vitest";
import { compare, readBody } from "@/pages/testing/difference";

describe("two answers side by side", () => {
  it("marks what differs and what only one has", () => {
    expect(
      compare({ id: 1, money: { amount: "1.00" }, list: [] }, { id: 1, money: { amount: "2.00" }, x: null }),
    ).toEqual([
      { path: "id", a: "1", b: "1", same: true },
      { path: "money.amount", a: "1.00", b: "2.00", same: false },
      { path: "list", a: "[]", b: undefined, same: false },
      { path: "x", a: undefined, b: "null", same: false },
    ]);
  });

  it("finds no difference between nothing and nothing", () => {
    expect(compare(undefined, undefined)).toEqual([]);
  });
});

describe("a recorded body", () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    ["amount=2500&metadata%5Bid%5D=7", { amount: "2500", "metadata[id]": "7" }],
    ["<html>Error</html>", "<html>Error</html>"],
    ["", undefined],
    [null, undefined],
  ])("%s", (body, read) => {
    expect(readBody(body)).toEqual(read);
  });
});
