/** Filters of a list as PostgREST takes them: kept as data, so that a list and what is counted of it never disagree. */

/** A column, an operator and a value, such as `["status", "eq", "dead"]`. */
export type Condition = readonly [column: string, operator: string, value: string];

interface Filterable {
  filter: (column: string, operator: string, value: unknown) => unknown;
}

/** A query with conditions added. */
export function narrow<Q extends Filterable>(query: Q, conditions: readonly Condition[]): Q {
  return conditions.reduce((narrowed, condition) => narrowed.filter(...condition) as Q, query);
}

/** That a column is one of a list. */
export function isOneOf(column: string, values: readonly string[]): Condition {
  return [column, "in", `(${values.join(",")})`];
}

/** That a text is another, in which `*` stands for any part. */
export function isLike(column: string, pattern: string): Condition {
  if (!pattern.includes("*")) return [column, "eq", pattern];
  return [column, "like", pattern.replace(/[\\%_]/g, "\\$&").replaceAll("*", "%")];
}

/** That a moment lies in a span. */
export function isWithin(
  column: string,
  { since, until }: { since: string | null; until: string | null },
): Condition[] {
  return [
    ...(since === null ? [] : [[column, "gte", since] as const]),
    ...(until === null ? [] : [[column, "lt", until] as const]),
  ];
}

/** Where the next page of a list begins, newest first: at what is older than this row. */
export interface Cursor {
  at: string;
  id: string;
}

/** For `.or()`: what lies below a cursor. */
export function below(column: string, { at, id }: Cursor): string {
  return `${column}.lt.${at},and(${column}.eq.${at},id.lt.${id})`;
}
