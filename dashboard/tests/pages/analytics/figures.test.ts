import { describe, expect, it } from "vitest";
import { chartRows, groupsOf, partsOf, total } from "@/pages/analytics/figures";

function row(starts_at: string, provider_key: string, calls: number, environment: "sandbox" | "live" = "sandbox") {
  return { starts_at, environment, provider_key, connection_id: null, operation: null, calls };
}

const FIRST = "2026-11-28T20:00:00+00:00";
const SECOND = "2026-11-29T20:00:00+00:00";
const calls = (rows: readonly { calls: number }[]) => total(rows, (each) => each.calls);

describe("groups", () => {
  it("keep sandbox and live apart, the busiest first", () => {
    const groups = groupsOf(
      [row(FIRST, "stripe", 5), row(SECOND, "stripe", 6), row(FIRST, "stripe", 20, "live"), row(FIRST, "dhl", 1)],
      "provider",
    );
    expect(groups.map(({ key, environment, calls }) => [key, environment, calls])).toEqual([
      ["stripe", "live", 20],
      ["stripe", "sandbox", 11],
      ["dhl", "sandbox", 1],
    ]);
  });

  it("are environments where nothing is broken down", () => {
    expect(groupsOf([row(FIRST, "stripe", 5), row(FIRST, "dhl", 1, "live")], null).map(({ key }) => key)).toEqual([
      "sandbox",
      "live",
    ]);
  });
});

describe("a chart", () => {
  const periods = [new Date(FIRST), new Date(SECOND)];

  it("has a row for each period, without figures too", () => {
    const parts = partsOf([row(SECOND, "stripe", 5)], "provider", (key) => key, "others", calls);
    expect(chartRows(periods, parts, 0).map((each) => each["s0"])).toEqual([0, 5]);
    expect(chartRows(periods, parts, null).map((each) => each["s0"])).toEqual([null, 5]);
  });

  it("takes all beyond the busiest five together", () => {
    const rows = Array.from({ length: 8 }, (_, index) => row(FIRST, `p${index}`, 10 - index));
    const parts = partsOf(rows, "provider", (key) => key, "others", calls);
    expect(parts.map(({ label }) => label)).toEqual(["p0", "p1", "p2", "p3", "p4", "others"]);
    expect(chartRows(periods, parts, 0)[0]?.["others"]).toBe(5 + 4 + 3);
  });
});
