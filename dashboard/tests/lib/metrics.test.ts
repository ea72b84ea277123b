import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { METRIC_FACTS, METRICS } from "@/lib/metrics";

const MIGRATION = path.join(import.meta.dirname, "../../../supabase/migrations/20261123001806_alert_rules.sql");
const VALUES =
  /\('(\w+)', '(\w+)', (true|false), ([\d.]+), ([\d.]+), ([\d.]+), ([\d.]+), (\w+), (\w+), (\w+), (\w+), (\d+), '(\w+)', (true|false),/g;

it("says of metrics what the database says", () => {
  const number = (text: string | undefined) => (text === "null" ? null : Number(text));
  const found = [...readFileSync(MIGRATION, "utf8").matchAll(VALUES)].map(([, metric, unit, lower, ...rest]) => {
    const [lowest, highest, threshold, recoverAt, shortest, longest, usual, minimumCalls, forSeconds] = rest
      .slice(0, 9)
      .map(number);
    const window = usual === null ? null : { shortest, longest, usual };
    const limits = { lowest, highest, threshold, recoverAt, window, minimumCalls, forSeconds };
    const kind = { unit, lowerIsWorse: lower === "true", severity: rest[9], byConnection: rest[10] === "true" };
    return [metric, { ...limits, ...kind }];
  });
  expect(found.map(([metric]) => metric)).toEqual(METRICS);
  expect(Object.fromEntries(found)).toEqual(METRIC_FACTS);
});
