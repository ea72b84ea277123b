import { describe, expect, it } from "vitest";
import { compare, isAmount, minus, plus } from "@/lib/decimal";

describe("decimals", () => {
  it("are reckoned without floats", () => {
    expect(plus("0.1", "0.2")).toBe("0.3");
    expect(minus("99.00", "40.00", "0.01")).toBe("58.99");
    expect(minus("12.500", "12.500")).toBe("0.000");
    expect(minus("1", "1.25")).toBe("-0.25");
    expect(minus("123456789012.99", "0.01")).toBe("123456789012.98");
    expect(plus()).toBe("0");
  });

  it.each([
    ["5", "10", -1],
    ["5.0", "5", 0],
    ["0.001", "0.0009", 1],
  ])("compares %s with %s", (one, other, result) => expect(compare(one, other)).toBe(result));

  it.each(["", "1.", ".5", "1,5", "-1", "1e3", "1.1234567", "1234567890123"])(
    "does not take %j for an amount",
    (text) => expect(isAmount(text)).toBe(false),
  );

  it.each(["0", "40", "40.00", "12.500"])("takes %s", (text) => expect(isAmount(text)).toBe(true));
});
