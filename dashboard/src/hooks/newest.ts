/** Pages of what is newest first, by a cursor: what is written meanwhile moves nothing. */

/** How many rows a page has. */
export const PAGE_ROWS = 50;

/** The last row of a page. */
export interface Cursor {
  at: string;
  id: string;
}

/** For PostgREST's `or`: what comes after the cursor, ordered by `column` and then by id, both descending. */
export function after(column: string, { at, id }: Cursor): string {
  return `${column}.lt.${at},and(${column}.eq.${at},id.lt.${id})`;
}

/** Where the next page begins; null: this was the last one. */
export function nextCursor<R extends { id: string }>(page: readonly R[], at: (row: R) => string): Cursor | null {
  const last = page.at(-1);
  return last === undefined || page.length < PAGE_ROWS ? null : { at: at(last), id: last.id };
}
