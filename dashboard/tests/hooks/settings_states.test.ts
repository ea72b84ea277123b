// What hooks of the settings tell of rows, without a hub.
import { describe, expect, it } from "vitest";
import { hasUrl, urlOf } from "@/hooks/alert_channels";
import { backupState } from "@/hooks/backups";
import { ageInDays } from "@/hooks/credentials";
import { sealingOf } from "@/hooks/encryption_keys";
import { endOfGrant, type Grant } from "@/hooks/grants";
import { tokensNow } from "@/hooks/limits";
import { breachState } from "@/hooks/processing";
import { cutOff, isKeepable, stands } from "@/hooks/retention";
import { daysLeft, progressOf } from "@/hooks/subject_requests";

const NOW = new Date("2026-11-30T12:00:00Z");
const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000).toISOString();

describe("backups by the clock", () => {
  const plan = { schedule: "30 1 * * *", newest_at: at(-600), due_at: at(600), seen_at: at(-1) };
  it.each([
    [null, "unset"],
    [plan, "fine"],
    [{ ...plan, newest_at: null, due_at: at(0) }, "waiting"],
    [{ ...plan, due_at: at(-181) }, "late"],
    [{ ...plan, seen_at: at(-16) }, "silent"],
  ])("%o are %s", (given, state) => {
    expect(backupState(given, NOW)).toBe(state);
  });
});

it("counts what is sealed to which key, and what to an active one", () => {
  const keys = [
    { id: "new", state: "active" },
    { id: "old", state: "retiring" },
  ] as const;
  const sealing = sealingOf(keys, [{ key_id: "old" }, { key_id: "new" }, { key_id: "old" }]);
  expect(sealing).toEqual({
    byKey: new Map([
      ["old", 2],
      ["new", 1],
    ]),
    total: 3,
    current: 1,
  });
});

it("tells the age of a credential in whole days", () => {
  expect(ageInDays({ updated_at: "2026-11-28T12:00:01Z" }, NOW)).toBe(1);
  expect(ageInDays({ updated_at: "2026-11-28T12:00:00Z" }, NOW)).toBe(2);
});

it("says when somebody has to consent again: what workers renew ends with the renewal", () => {
  const grant = { access_expires_at: "a", refresh_expires_at: "r" } as Grant;
  expect(endOfGrant({ ...grant, refreshable: true })).toBe("r");
  expect(endOfGrant({ ...grant, refreshable: false })).toBe("a");
});

describe("calls that could go out now", () => {
  it.each([
    [0, 2, -10, 10],
    [-5, 1, -2, 0],
    [3, 1, -4, 7],
    [9, 1, -60, 10],
  ])("of %d tokens, %d a second, %d seconds ago: %d", (tokens, refill_per_second, seconds, left) => {
    expect(tokensNow({ tokens, refill_per_second, refilled_at: at(seconds / 60), capacity: 10 }, NOW)).toBe(left);
  });
});

describe("retention", () => {
  it.each([
    [0, 0, false],
    [1, 0, true],
    [364, 365, false],
    [365, 365, true],
    [36_500, 0, true],
    [36_501, 0, false],
    [1.5, 0, false],
  ])("%d days with a floor of %d can be kept: %s", (days, floor_days, keepable) => {
    expect(isKeepable(days, { floor_days })).toBe(keepable);
  });

  it("erases what is older than its days", () => {
    expect(cutOff(30, NOW).toISOString()).toBe("2026-10-31T12:00:00.000Z");
  });

  it.each([
    [null, true],
    [at(1), true],
    [at(0), false],
  ])("a hold that ends at %s stands: %s", (ends_at, standing) => {
    expect(stands({ ends_at }, NOW)).toBe(standing);
  });
});

describe("requests about data", () => {
  it.each([
    [at(60 * 24 * 3), 3],
    [at(60), 0],
    [at(-1), -1],
  ])("due at %s: %d days left", (due_at, days) => {
    expect(daysLeft({ due_at }, NOW)).toBe(days);
  });

  it("counts steps that need nothing any more", () => {
    const steps = (["done", "kept", "by_person", "pending"] as const).map((status) => ({ status }));
    expect(progressOf(steps)).toEqual({ done: 2, all: 4 });
  });
});

it.each([
  [{ closed_at: null, authority_notified_at: null }, "due"],
  [{ closed_at: null, authority_notified_at: at(0) }, "told"],
  [{ closed_at: at(0), authority_notified_at: null }, "closed"],
] as const)("a breach with %o is %s", (breach, state) => {
  expect(breachState(breach)).toBe(state);
});

describe("channels", () => {
  it.each([
    ["https://hooks.example/T0/x", true],
    [" https://hooks.example/x ", true],
    ["hooks.example/x", false],
    ["ftp://hooks.example/x", false],
    ["https://user:secret@hooks.example/x", false],
  ])("%s can be sent to: %s", (text, good) => {
    expect(urlOf(text) !== null).toBe(good);
  });

  it("have a URL, but for mail and the inbox", () => {
    expect(["email", "webhook", "slack", "teams", "in_app"].filter(hasUrl)).toEqual(["webhook", "slack", "teams"]);
  });
});
