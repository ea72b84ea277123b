/** Long lists, newest first, page by page: the last row of a page says where the next begins, whatever is added meanwhile. */
import { type QueryKey, useInfiniteQuery } from "@tanstack/react-query";
import { every, LIST_MS } from "@/lib/live";

export const PAGE_SIZE = 50;
/** A list that was read further than this is not read again by itself: each time would be as many requests. */
const MOST_LIVE_PAGES = 3;

export interface Cursor {
  at: string;
  id: string;
}

/** For `.or(…)`: what comes after the cursor in the order of `column`, then `id`, both descending. */
export function afterCursor(column: string, { at, id }: Cursor): string {
  return `${column}.lt."${at}",and(${column}.eq."${at}",id.lt."${id}")`;
}

/** Where the next page begins; null: this was the last one. */
export function nextCursor<R extends { id: string }>(page: readonly R[], at: (row: R) => string): Cursor | null {
  const last = page.length < PAGE_SIZE ? undefined : page.at(-1);
  return last ? { at: at(last), id: last.id } : null;
}

interface Pages<R> {
  queryKey: QueryKey;
  /** One page: at most `PAGE_SIZE` rows after the cursor; null: from the beginning. */
  fetchPage: (cursor: Cursor | null, signal: AbortSignal) => Promise<R[]>;
  /** The time that the list is ordered by. */
  at: (row: R) => string;
}

/** A live list by cursor pages. */
export function useCursorPages<R extends { id: string }>({ queryKey, fetchPage, at }: Pages<R>) {
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => fetchPage(pageParam, signal),
    initialPageParam: null as Cursor | null,
    getNextPageParam: (page) => nextCursor(page, at),
    refetchInterval: (query) =>
      (query.state.data?.pages.length ?? 0) > MOST_LIVE_PAGES ? false : every(LIST_MS)(query),
  });
}
