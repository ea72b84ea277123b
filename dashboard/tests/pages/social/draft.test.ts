// What the composer holds becomes what the hub takes.
import { describe, expect, it } from "vitest";
import type { Post } from "@/hooks/posts";
import {
  changesOf,
  contentFor,
  contentOfPost,
  type Draft,
  placeOf,
  publishArguments,
  withField,
} from "@/pages/social/draft";
import { NO_CONTENT } from "@/pages/social/limits";

const DRAFT: Draft = {
  accounts: ["a", "b"],
  common: { ...NO_CONTENT, text: "For all" },
  variants: {},
  when: "now",
  at: "2026-12-01T09:00",
};
const HOW = { timeZone: "Asia/Dubai", kept: false, key: "k" };

describe("variants", () => {
  const draft = withField(DRAFT, "a", "text", "For a");

  it("lie over what all say", () => {
    expect(contentFor(draft, "a").text).toBe("For a");
    expect(contentFor(draft, "b").text).toBe("For all");
  });

  it("are given up field by field", () => {
    expect(contentFor(withField(draft, "a", "text", undefined), "a").text).toBe("For all");
  });

  it("of accounts that are no longer chosen are not sent", () => {
    expect(publishArguments({ ...draft, accounts: ["b"] }, HOW)).not.toHaveProperty("variants");
  });

  it("take away what all have by null", () => {
    const other = withField(draft, "b", "first_comment", "");
    expect(publishArguments(other, HOW).variants).toEqual({ a: { text: "For a" }, b: { first_comment: null } });
  });
});

describe("a time", () => {
  it("is what the clock shows, with the zone beside it: the hub finds the moment", () => {
    expect(publishArguments({ ...DRAFT, when: "later" }, HOW)).toMatchObject({
      scheduled_at: "2026-12-01T09:00",
      time_zone: "Asia/Dubai",
    });
  });

  it("is not sent with what is published at once", () => {
    expect(publishArguments(DRAFT, HOW)).not.toHaveProperty("scheduled_at");
  });
});

describe("a post that is changed", () => {
  const post = {
    text: "Old",
    format: "post",
    media: [{ url: "https://files.example/a.jpg", kind: "image", width: 1080 }],
    link: { url: "https://shop.example" },
    first_comment: "Hi",
  } as unknown as Post;
  const draft = { ...DRAFT, common: contentOfPost(post) };

  it("sends nothing that has stayed", () => {
    expect(changesOf(draft, post)).toEqual({});
  });

  it("takes a link and a comment away by empty ones", () => {
    const bare = withField(withField(draft, null, "link", undefined), null, "first_comment", undefined);
    expect(changesOf(bare, post)).toEqual({ link: {}, first_comment: "" });
  });
});

it.each([
  ["text", { account: null, field: "text" }],
  ["variants.a.media.0.url", { account: "a", field: "media" }],
  ["variants.linkedin.text", { account: null, field: "text" }],
  ["account_ids.1", { account: null, field: "account_ids" }],
  [null, null],
])("finds the place of %s", (field, place) => {
  expect(placeOf(field, ["a", "b"])).toEqual(place);
});
