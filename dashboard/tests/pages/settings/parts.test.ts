import { describe, expect, it } from "vitest";
import { csvOf } from "@/lib/csv";
import { formatBytes } from "@/lib/format";
import { filtersOf } from "@/pages/settings/audit/filters";
import { changedColumns } from "@/pages/settings/audit/changes";
import { patternsOf, SUBJECTS, subjectsOf } from "@/pages/settings/channels/kinds";
import { countriesIn } from "@/pages/settings/countries";
import { formatPerSecond } from "@/pages/settings/limits/per_second";
import { searchSchema } from "@/pages/settings/search";

const ENGLISH = { language: "en", timeZone: "Asia/Dubai" } as const;

describe("the address", () => {
  it("keeps what other pages link with", () => {
    const links = [{ tab: "connections", connection: "c" }, { tab: "alerts" }];
    for (const link of links) expect(searchSchema.parse(link)).toMatchObject(link);
  });

  it("forgets a tab that is not there", () => {
    expect(searchSchema.parse({ tab: "nonesuch" }).tab).toBeUndefined();
  });

  it("names days of the organization's time zone, both included", () => {
    const { since, until } = filtersOf({ from: "2026-11-01", to: "2026-11-30" }, "Asia/Dubai");
    expect([since, until]).toEqual(["2026-10-31T20:00:00.000Z", "2026-11-30T20:00:00.000Z"]);
  });

  it("leaves out what is no day", () => {
    expect(filtersOf({ from: "yesterday", to: "2026-13-40" }, "Asia/Dubai")).toMatchObject({
      since: null,
      until: null,
    });
  });
});

describe("what a channel is told of", () => {
  it("is all when every subject is chosen", () => {
    expect(patternsOf(new Set(SUBJECTS), ["rule.latency"])).toEqual(["*"]);
  });

  it.each([[["*"]], [["connection.*", "payment.*"]], [["lead.*", "5f0e4a86-9a25-4f5d-8b8f-6a016a016a01"]]])(
    "%o is the same after the form",
    (patterns) => {
      const { subjects, others } = subjectsOf(patterns);
      expect(patternsOf(subjects, others)).toEqual(patterns);
    },
  );

  it("is nothing when nothing is chosen, which the hub refuses", () => {
    expect(patternsOf(new Set(), [])).toEqual([]);
  });
});

describe("a line of the audit log", () => {
  it("shows each column of either side", () => {
    expect(changedColumns({ name: "A", role: "viewer" }, { name: "B", country: "AE" })).toEqual([
      ["country", undefined, "AE"],
      ["name", "A", "B"],
      ["role", "viewer", undefined],
    ]);
  });

  it("has nothing before it was made", () => {
    expect(changedColumns(null, { role: "viewer" })).toEqual([["role", undefined, "viewer"]]);
  });
});

describe("a CSV file", () => {
  it.each([
    [['say "yes", or no'], '"say ""yes"", or no"\r\n'],
    [["two\nlines"], '"two\nlines"\r\n'],
    [[null, 5, "وصل"], ",5,وصل\r\n"],
    [["=HYPERLINK(1)"], "'=HYPERLINK(1)\r\n"],
    [["-1+1"], "'-1+1\r\n"],
  ])("of %o", (line, text) => {
    expect(csvOf([line])).toBe(text);
  });
});

it.each([
  [25, "25/s"],
  [0.5, "30/min"],
  [0.01, "36/h"],
])("%d calls a second are %s", (perSecond, text) => {
  expect(formatPerSecond(perSecond, ENGLISH)).toBe(text);
});

it.each([
  [0, "0 byte"],
  [999, "999 byte"],
  [1_250_000, "1.3 MB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes, ENGLISH)).toBe(text);
});

it("names countries in either language, without those that are none any more", () => {
  const english = new Map(countriesIn("en").map(({ value, label }) => [value, label]));
  expect(english.get("AE")).toBe("United Arab Emirates");
  expect([english.has("EU"), english.has("DD"), english.has("ZZ")]).toEqual([false, false, false]);
  expect(countriesIn("ar").find(({ value }) => value === "AE")?.label).toBe("الإمارات العربية المتحدة");
});
