import { describe, expect, it } from "vitest";
import { answersOf, measuredOf, parametersOf } from "@/pages/analytics/rule_answers";

const EMPTY = { ...answersOf(null), name: " Errors " };

describe("the form of a rule", () => {
  it("leaves the defaults to the database", () => {
    expect(parametersOf("error_rate", EMPTY)).toMatchObject({ name: "Errors", threshold: null, severity: null });
  });

  it("sends only what the metric takes", () => {
    const answers = { ...EMPTY, window_minutes: "5", minimum_calls: "3", percentile: "99", connection_id: "c" };
    expect(parametersOf("webhook_backlog", answers)).toMatchObject({
      window_minutes: null,
      minimum_calls: null,
      percentile: null,
      connection_id: null,
    });
    expect(parametersOf("latency", answers)).toMatchObject({ window_minutes: 5, percentile: 99, connection_id: "c" });
  });

  it("tells what will be measured, as the database fills it in", () => {
    expect(measuredOf("error_rate", { ...EMPTY, threshold: "5" })).toMatchObject({
      threshold: 5,
      recover_at: 2.5,
      window_minutes: 10,
      minimum_calls: 20,
      for_seconds: 120,
    });
  });
});
