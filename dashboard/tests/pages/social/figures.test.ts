import { describe, expect, it } from "vitest";
import { byDay, deedsByDay, engagementOf } from "@/pages/social/figures";

const row = (account_id: string, day: string, followers: number | null) => ({
  account_id,
  day,
  followers,
  reach: null,
  views: null,
  engagements: null,
  organization_id: "o",
  taken_at: `${day}T10:00:00Z`,
});

describe("accounts", () => {
  it("stand side by side in a row for each day, the first first; what is not told is no zero", () => {
    const rows = [row("a", "2026-11-30", 12), row("a", "2026-11-29", 10), row("b", "2026-11-30", null)];
    expect(byDay(rows, "followers", ["a", "b"])).toEqual([
      { at: "2026-11-29", a: 10, b: null },
      { at: "2026-11-30", a: 12, b: null },
    ]);
  });
});

describe("posts", () => {
  it("are engaged with as often as people did something, whatever they saw", () => {
    expect(engagementOf({ views: 1000, reactions: 5, comments: 2 })).toBe(7);
  });

  it("of which nothing is told have no figure, not zero", () => {
    expect(engagementOf({ views: 1000 })).toBeNull();
    expect(engagementOf({})).toBeNull();
  });

  it("are added up by the day they were published, and days without one are zero", () => {
    const posts = [
      { published_at: "2026-11-29T22:00:00Z", engagement: { reactions: 1, shares: 2 } },
      { published_at: "2026-11-29T23:00:00Z", engagement: { reactions: 4 } },
      { published_at: null, engagement: { reactions: 99 } },
    ];
    const days = deedsByDay(posts, ["2026-11-29", "2026-11-30"], (at) => at.slice(0, 10));
    expect(days).toEqual([
      { at: "2026-11-29", reactions: 5, comments: 0, shares: 2, clicks: 0, saves: 0 },
      { at: "2026-11-30", reactions: 0, comments: 0, shares: 0, clicks: 0, saves: 0 },
    ]);
  });
});
