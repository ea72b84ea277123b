import { describe, expect, it } from "vitest";
import { asProblem, Problem } from "@/lib/problem";

describe("an error of the hub", () => {
  it("names the field at fault, and keeps the sentence and the hint", () => {
    const refused = {
      code: "invalid_amount",
      message: "The amount is positive.",
      details: "amount",
      hint: "Give 1.00.",
    };
    expect(asProblem(refused, 400)).toMatchObject({
      kind: "invalid",
      code: "invalid_amount",
      message: "The amount is positive.",
      field: "amount",
      hint: "Give 1.00.",
    });
  });

  it("names the field of a variant by its account's id", () => {
    const field = "variants.0b6c3a52-5f0e-4a86-9a25-1f5d3b8f6a01.media.0.url";
    expect(asProblem({ code: "invalid_variants", message: "No.", details: field }, 400).field).toBe(field);
  });

  it("takes no sentence for a field", () => {
    const broken = { code: "23505", message: "duplicate key", details: "Key (id)=(1) already exists." };
    expect(asProblem(broken, 409)).toMatchObject({ kind: "conflict", field: null });
  });

  it.each([
    [{ code: "42501", message: "permission denied" }, 403, "permission"],
    [{ code: "PGRST303", message: "JWT expired" }, 401, "session"],
    [{ code: "PGRST116", message: "no rows" }, 406, "not_found"],
    [{ code: "rate_limited", message: "slow down" }, 429, "rate_limited"],
    [{ code: "57014", message: "statement timeout" }, 500, "server"],
    [{ message: "TypeError: Failed to fetch", code: "" }, 0, "network"],
  ] as const)("%o with status %d is %s", (error, status, kind) => {
    expect(asProblem(error, status).kind).toBe(kind);
  });
});

it("knows what may pass by itself", () => {
  expect(new Problem("network", "", "x").passing).toBe(true);
  expect(new Problem("permission", "", "x").passing).toBe(false);
});

it("leaves a problem as it is", () => {
  const problem = new Problem("conflict", "taken", "taken");
  expect(asProblem(problem)).toBe(problem);
});
