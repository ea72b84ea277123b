/**
 * What a network would refuse of a post, found while it is written. The rules are the hub's own: private.post_problem and
 * workers/providers/social/limits.py; the figures are those of the networks' manifests. The hub decides anyway.
 */
import type { MediaLimits, Network, PostFormat } from "@/hooks/networks";

export interface Media {
  url: string;
  kind: "image" | "video";
  alt_text: string;
}

export interface Content {
  text: string;
  format: PostFormat;
  media: Media[];
  /** An empty address: no link. */
  link: { url: string; title: string; description: string };
  /** Empty: none. */
  first_comment: string;
}
export type ContentField = keyof Content;

export const NO_CONTENT: Content = {
  text: "",
  format: "post",
  media: [],
  link: { url: "", title: "", description: "" },
  first_comment: "",
};

/** `code` names the sentence in the page's texts, `problems.<code>`; the values fill it. */
export interface Problem {
  field: ContentField;
  /** Which one of the media. */
  place?: number;
  code: ProblemCode;
  values: Record<string, string | number>;
}
export type ProblemCode =
  | "empty_post"
  | "unknown_format"
  | "text_too_long"
  | "too_many_hashtags"
  | "link_not_shown"
  | "link_with_media"
  | "invalid_url"
  | "media_needed"
  | "mixed_media"
  | "no_images"
  | "no_videos"
  | "too_many_images"
  | "too_many_videos"
  | "comments_not_supported"
  | "comment_too_long";

const HASHTAG = /(?<![\p{L}\p{N}_#&])#[\p{L}\p{N}_]+/gu;

/** How long a text is, as the hub counts it for all networks: in characters of Unicode, an emoji of two halves as one. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** What the network allows in a format; undefined where it has no such format. */
export function limitsOf(network: Network, format: PostFormat) {
  return network.formats.find((each) => each.format === format);
}

/** Everything that is wrong with a post on a network. `sandbox`: files may lie at http there. */
export function problemsOf(content: Content, network: Network, sandbox: boolean): Problem[] {
  const limits = limitsOf(network, content.format);
  if (!limits) return [{ field: "format", code: "unknown_format", values: {} }];
  const { text, media, link, first_comment } = content;
  const found: Problem[] = [];
  const add = (field: ContentField, code: ProblemCode, values: Problem["values"] = {}) =>
    found.push({ field, code, values });
  if (text.trim() === "" && media.length === 0 && link.url === "") add("text", "empty_post");
  const length = lengthOf(text);
  if (length > limits.longest_text) add("text", "text_too_long", { most: limits.longest_text, length });
  const tags = text.match(HASHTAG)?.length ?? 0;
  if (limits.most_hashtags != null && tags > limits.most_hashtags) {
    add("text", "too_many_hashtags", { most: limits.most_hashtags, length: tags });
  }
  if (link.url !== "") {
    if (!isAddress(link.url, true)) add("link", "invalid_url");
    else if (!limits.links) add("link", "link_not_shown");
    else if (media.length > 0) add("link", "link_with_media");
  }
  if (limits.needs_media && media.length === 0) add("media", "media_needed");
  media.forEach(({ url }, place) => {
    if (!isAddress(url, sandbox)) found.push({ field: "media", place, code: "invalid_url", values: {} });
  });
  found.push(...ofKind(media, "image", limits.images), ...ofKind(media, "video", limits.videos));
  if (new Set(media.map(({ kind }) => kind)).size > 1 && !limits.mixes_media && limits.images && limits.videos) {
    add("media", "mixed_media");
  }
  if (first_comment.trim() !== "") {
    if (!network.capabilities.includes("writes_comments")) add("first_comment", "comments_not_supported");
    else if (lengthOf(first_comment) > network.longest_comment) {
      add("first_comment", "comment_too_long", { most: network.longest_comment, length: lengthOf(first_comment) });
    }
  }
  return found;
}

function ofKind(media: readonly Media[], kind: Media["kind"], limits: MediaLimits | null | undefined): Problem[] {
  const given = media.filter((each) => each.kind === kind).length;
  if (given === 0) return [];
  if (!limits) return [{ field: "media", code: kind === "image" ? "no_images" : "no_videos", values: {} }];
  if (given <= limits.most) return [];
  const code = kind === "image" ? "too_many_images" : "too_many_videos";
  return [{ field: "media", code, values: { most: limits.most, length: given } }];
}

const LONGEST_ADDRESS = 2048;

/** Whether something is an absolute address as the hub takes it: https, or, where it may be, http. */
export function isAddress(url: string, http: boolean): boolean {
  const scheme = http ? "https?" : "https";
  return url.length <= LONGEST_ADDRESS && new RegExp(`^${scheme}://[^\\s/?#@\\\\]+([/?#]\\S*)?$`).test(url);
}
