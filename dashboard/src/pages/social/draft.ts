/** What the composer holds, and how it becomes the arguments of an RPC. */
import type { Arguments } from "@/lib/supabase";
import type { Post } from "@/hooks/posts";
import { type Content, type ContentField, type Media, NO_CONTENT } from "./limits";

export interface Draft {
  accounts: string[];
  common: Content;
  /** What is different, by the account's id. */
  variants: Record<string, Partial<Content>>;
  when: "now" | "later";
  /** What a clock in the organization's time zone shows: 2026-11-30T14:05. */
  at: string;
}

/** What an account gets: the common part, and over it its own. */
export function contentFor({ common, variants }: Draft, accountId: string): Content {
  return { ...common, ...variants[accountId] };
}

/** The draft with a field changed: everybody's (`accountId` null), or an account's own; undefined gives it up. */
export function withField<F extends ContentField>(
  draft: Draft,
  accountId: string | null,
  field: F,
  value: Content[F] | undefined,
): Draft {
  if (accountId === null) return { ...draft, common: { ...draft.common, [field]: value ?? NO_CONTENT[field] } };
  const own = Object.entries(draft.variants[accountId] ?? {});
  const others: Partial<Content> = Object.fromEntries(own.filter(([name]) => name !== field));
  const variant = value === undefined ? others : { ...others, [field]: value };
  return { ...draft, variants: { ...draft.variants, [accountId]: variant } };
}

function mediaArgument(media: readonly Media[]) {
  return media.map(({ url, kind, alt_text }) => ({
    url: url.trim(),
    kind,
    ...(alt_text.trim() !== "" && { alt_text: alt_text.trim() }),
  }));
}

function linkArgument({ url, title, description }: Content["link"]) {
  const words = {
    ...(title.trim() && { title: title.trim() }),
    ...(description.trim() && { description: description.trim() }),
  };
  return { url: url.trim(), ...words };
}

/** Fields of a variant; null takes a common one away. */
function variantArgument(variant: Partial<Content>) {
  const { text, format, media, link, first_comment } = variant;
  return {
    ...(text !== undefined && { text }),
    ...(format !== undefined && { format }),
    ...(media !== undefined && { media: mediaArgument(media) }),
    ...(link !== undefined && { link: link.url.trim() === "" ? null : linkArgument(link) }),
    ...(first_comment !== undefined && { first_comment: first_comment.trim() === "" ? null : first_comment.trim() }),
  };
}

/** For publish_post. `kept`: as drafts. */
export function publishArguments(
  { accounts, common, variants, when, at }: Draft,
  { timeZone, kept, key }: { timeZone: string; kept: boolean; key: string },
): Arguments<"publish_post"> {
  const own = Object.entries(variants)
    .filter(([id, variant]) => accounts.includes(id) && Object.keys(variant).length > 0)
    .map(([id, variant]) => [id, variantArgument(variant)] as const);
  return {
    account_ids: accounts,
    text: common.text,
    format: common.format,
    media: mediaArgument(common.media),
    ...(common.link.url.trim() !== "" && { link: linkArgument(common.link) }),
    ...(common.first_comment.trim() !== "" && { first_comment: common.first_comment.trim() }),
    ...(own.length > 0 && { variants: Object.fromEntries(own) }),
    ...(when === "later" && { scheduled_at: at, time_zone: timeZone }),
    ...(kept && { draft: true }),
    idempotency_key: key,
  };
}

/** For update_post: what has changed of a post; an empty link or comment takes it away. */
export function changesOf(draft: Draft, post: Post): Omit<Arguments<"update_post">, "post_id"> {
  const { common } = draft;
  const before = contentOfPost(post);
  const differs = (field: ContentField) => JSON.stringify(common[field]) !== JSON.stringify(before[field]);
  return {
    ...(differs("text") && { text: common.text }),
    ...(differs("format") && { format: common.format }),
    ...(differs("media") && { media: mediaArgument(common.media) }),
    ...(differs("link") && { link: common.link.url.trim() === "" ? {} : linkArgument(common.link) }),
    ...(differs("first_comment") && { first_comment: common.first_comment.trim() }),
  };
}

/** What a post that is there says, without what workers found out about its files. */
export function contentOfPost({ text, format, media, link, first_comment }: Post): Content {
  const page = (link ?? {}) as Partial<Content["link"]>;
  return {
    text,
    format: format as Content["format"],
    media: (media as Partial<Media>[]).map(({ url = "", kind = "image", alt_text = "" }) => ({ url, kind, alt_text })),
    link: { url: page.url ?? "", title: page.title ?? "", description: page.description ?? "" },
    first_comment: first_comment ?? "",
  };
}

/** Where the hub's word for an argument points to in the composer: `variants.<account>.media.0.url` is that account's media. */
export function placeOf(
  field: string | null,
  accounts: readonly string[],
): { account: string | null; field: string } | null {
  if (field === null) return null;
  const [first = "", second = "", third = ""] = field.split(".");
  if (first === "variants") return { account: accounts.includes(second) ? second : null, field: third || "text" };
  return { account: null, field: first };
}
