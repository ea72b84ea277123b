import { describe, expect, it } from "vitest";
import { compile, PathFault } from "@/pages/webhooks/json_path";

const MESSAGE = {
  type: "payment.succeeded",
  subject_id: null,
  data: {
    amount: "250.00",
    currency: "AED",
    items: [
      { sku: "A", quantity: 2 },
      { sku: "B", quantity: 1 },
    ],
  },
};

describe("a condition", () => {
  it.each([
    ["$[?@.currency == 'AED']", true],
    ['$[?@.currency == "USD"]', false],
    ["$[?number(@.amount) >= 100]", true],
    ["$[?@.amount >= 100]", false],
    ["$[?number(@.amount) > 100 && @.currency != 'AED']", false],
    ["$[?number(@.amount) < 100 || @.currency == 'AED']", true],
    ["$[?!(@.currency == 'USD')]", true],
    ["$.data.items[?@.sku == 'A' && @.quantity > 1]", true],
    ["$.data.items[?@.sku == 'B' && @.quantity > 1]", false],
    ["$.data.items[-1]", true],
    ["$.data.items[2]", false],
    ["$.data.items[1:]", true],
    ["$.data.items[2:5]", false],
    ["$..sku", true],
    ["$..[?@.quantity == 1]", true],
    ["$['data']['missing']", false],
    ["$[?length(@.items) == 2]", true],
    ["$[?count(@.items[*]) > 2]", false],
    ["$.subject_id", true],
    ["$[?@ == null]", true],
  ])("%s: %s", (path, passes) => {
    expect(compile(path)(MESSAGE)).toBe(passes);
  });

  it.each(["$.", "$[?@.a ==]", "$[?@.a = 1]", "$.a]", "$[", "data.amount", "$[?nothing(@.a) == 1]"])(
    "is none: %s",
    (path) => {
      expect(() => compile(path)).toThrow(PathFault);
    },
  );

  it.each(["$.a[1, 2]", "$..a..b", "$[?@.a == $.b]", "$[?@.a][?@.b][?@.c][?@.d]"])(
    "goes beyond what the hub allows: %s",
    (path) => {
      expect(() => compile(path)).toThrow("limits");
    },
  );

  it("takes signs within a text for the text", () => {
    expect(compile("$[?@.name == 'a, b?$']")({ data: { name: "a, b?$" } })).toBe(true);
  });
});
