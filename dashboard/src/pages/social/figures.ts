/** Figures of posts and accounts, made ready for charts. */
import type { AccountFigures } from "@/hooks/accounts";

/** What people can do with a post. What a network does not tell is missing. */
export const DEEDS = ["reactions", "comments", "shares", "clicks", "saves"] as const;
export const SEEN = ["views", "reach", "video_views"] as const;
export type Deed = (typeof DEEDS)[number];
export type FigureName = Deed | (typeof SEEN)[number];

/** One figure of a post; null: the network does not tell. */
export function figureOf(engagement: unknown, name: FigureName): number | null {
  const value = (engagement as Record<string, unknown> | null)?.[name];
  return typeof value === "number" ? value : null;
}

/** How often people did something with a post; null: nothing is known of it. */
export function engagementOf(engagement: unknown): number | null {
  const told = DEEDS.map((name) => figureOf(engagement, name)).filter((value) => value !== null);
  return told.length === 0 ? null : told.reduce((total, value) => total + value, 0);
}

export type AccountFigure = "followers" | "reach" | "views" | "engagements";

/** A row for each day, with a figure of each account under the account's id; null: not told. */
export function byDay(rows: readonly AccountFigures[], figure: AccountFigure, accounts: readonly string[]) {
  const days = Map.groupBy(
    rows.filter(({ account_id }) => accounts.includes(account_id)),
    ({ day }) => day,
  );
  return [...days]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([at, ofDay]): Record<string, string | number | null> & { at: string } => ({
      at,
      ...Object.fromEntries(
        accounts.map((id) => [id, ofDay.find(({ account_id }) => account_id === id)?.[figure] ?? null]),
      ),
    }));
}

/** What people did with the posts of each day: `days` from the first to the last, also those without a post. */
export function deedsByDay(
  posts: readonly { engagement: unknown; published_at: string | null }[],
  days: readonly string[],
  dayOf: (at: string) => string,
) {
  const published = posts.flatMap(({ published_at, engagement }) =>
    published_at ? [{ published_at, engagement }] : [],
  );
  const grouped = Map.groupBy(published, ({ published_at }) => dayOf(published_at));
  return days.map((at) => ({
    at,
    ...Object.fromEntries(
      DEEDS.map((name) => [
        name,
        (grouped.get(at) ?? []).reduce((total, post) => total + (figureOf(post.engagement, name) ?? 0), 0),
      ]),
    ),
  }));
}
