// What a network would refuse is told while a post is written, by the hub's own rules.
import { describe, expect, it } from "vitest";
import type { Network } from "@/hooks/networks";
import { type Content, isAddress, lengthOf, NO_CONTENT, problemsOf } from "@/pages/social/limits";

const images = { most: 2, types: ["image/jpeg"] };
const NETWORK: Network = {
  key: "instagram",
  name: "Instagram",
  enabled: true,
  capabilities: ["publishes_posts", "writes_comments"],
  formats: [
    {
      format: "post",
      longest_text: 10,
      most_hashtags: 1,
      needs_media: false,
      mixes_media: false,
      images,
      videos: images,
      links: true,
    },
    { format: "reel", longest_text: 10, needs_media: true, mixes_media: false, videos: images, links: false },
  ],
  longest_comment: 5,
};
const image = { url: "https://files.example/a.jpg", kind: "image", alt_text: "" } as const;
const video = { url: "https://files.example/a.mp4", kind: "video", alt_text: "" } as const;
const link = { url: "https://shop.example", title: "", description: "" };

function codes(content: Partial<Content>, network: Partial<Network> = {}) {
  return problemsOf({ ...NO_CONTENT, text: "Hello", ...content }, { ...NETWORK, ...network }, false).map(
    ({ field, code }) => `${field}: ${code}`,
  );
}

describe("a post", () => {
  it.each<[string, Partial<Content>, string[]]>([
    ["that fits", {}, []],
    ["of a text of exactly the longest length", { text: "1234567890" }, []],
    ["of one character more", { text: "12345678901" }, ["text: text_too_long"]],
    ["without anything", { text: " \n" }, ["text: empty_post"]],
    ["of a link alone", { text: "", link }, []],
    ["of a picture alone", { text: "", media: [image] }, []],
    ["with more hashtags than are taken", { text: "#a #b" }, ["text: too_many_hashtags"]],
    ["with a # that is no hashtag", { text: "a#b ##c #d" }, []],
    ["with a link beside a picture", { link, media: [image] }, ["link: link_with_media"]],
    ["with a link that is none", { link: { ...link, url: "shop.example" } }, ["link: invalid_url"]],
    ["with pictures and films", { media: [image, video] }, ["media: mixed_media"]],
    ["with too many pictures", { media: [image, image, image] }, ["media: too_many_images"]],
    ["with a file that nobody can fetch", { media: [{ ...image, url: "" }] }, ["media: invalid_url"]],
    ["with a comment that is too long", { first_comment: "123456" }, ["first_comment: comment_too_long"]],
    ["in a form that the network has not", { format: "story" }, ["format: unknown_format"]],
  ])("%s", (_, content, expected) => {
    expect(codes(content)).toEqual(expected);
  });

  it("in another form keeps to that form's limits", () => {
    expect(codes({ format: "reel" })).toEqual(["media: media_needed"]);
    expect(codes({ format: "reel", media: [image] })).toEqual(["media: no_images"]);
    expect(codes({ format: "reel", media: [video], link })).toEqual(["link: link_not_shown"]);
  });

  it("has no first comment where the hub cannot comment", () => {
    expect(codes({ first_comment: "Hi" }, { capabilities: [] })).toEqual(["first_comment: comments_not_supported"]);
  });

  it("names the file at fault", () => {
    const [problem] = problemsOf({ ...NO_CONTENT, media: [image, { ...image, url: "x" }] }, NETWORK, false);
    expect(problem).toMatchObject({ field: "media", place: 1 });
  });
});

it("counts a character of two halves as one, as the hub does", () => {
  expect(lengthOf("مرحبا 🎉")).toBe(7);
});

it("takes files at http in the sandbox alone", () => {
  expect(isAddress("http://127.0.0.1/a.jpg", true)).toBe(true);
  expect(isAddress("http://127.0.0.1/a.jpg", false)).toBe(false);
});
