/** From rows of figures to what is drawn and listed: groups, their totals, and rows of a chart. */
import type { Breakdown } from "@/hooks/analytics";
import type { Series } from "@/ui/chart";

interface Figure {
  starts_at: string;
  environment: "sandbox" | "live";
  provider_key: string | null;
  connection_id: string | null;
  operation: string | null;
  calls: number;
}

/** What a row is of: the provider, connection or operation; without a breakdown its environment. */
export function groupKey(row: Figure, by: Breakdown | null): string {
  if (by === null) return row.environment;
  return { provider: row.provider_key, connection: row.connection_id, operation: row.operation }[by] ?? "";
}

export interface Group<R> {
  key: string;
  environment: "sandbox" | "live";
  rows: R[];
  calls: number;
}

/** Rows by what they are of, each environment for itself, the busiest first. */
export function groupsOf<R extends Figure>(rows: readonly R[], by: Breakdown | null): Group<R>[] {
  const found = Map.groupBy(rows, (row) => `${row.environment} ${groupKey(row, by)}`);
  return [...found.values()]
    .flatMap((members) => {
      const [first] = members;
      return first
        ? [
            {
              key: groupKey(first, by),
              environment: first.environment,
              rows: members,
              calls: total(members, ({ calls }) => calls),
            },
          ]
        : [];
    })
    .sort((a, b) => b.calls - a.calls || a.key.localeCompare(b.key));
}

export function total<R>(rows: readonly R[], figure: (row: R) => number): number {
  return rows.reduce((sum, row) => sum + figure(row), 0);
}

export type ChartRow = Record<string, string | number | null>;

/** A part of a chart: its rows, and its figure of those of one period. */
export interface Part<R> extends Series {
  rows: readonly R[];
  figure: (rows: readonly R[]) => number | null;
}

/** A row for each period, with each part's figure; `empty` where a part has no rows. */
export function chartRows<R extends { starts_at: string }>(
  periods: readonly Date[],
  parts: readonly Part<R>[],
  empty: 0 | null,
): ChartRow[] {
  const found = parts.map(({ rows }) => Map.groupBy(rows, ({ starts_at }) => new Date(starts_at).getTime()));
  return periods.map((start) => {
    const row: ChartRow = { at: start.toISOString() };
    parts.forEach(({ key, figure }, index) => {
      const rows = found[index]?.get(start.getTime());
      row[key] = rows ? figure(rows) : empty;
    });
    return row;
  });
}

/** As many groups as have a colour of their own; the last part takes all others together. */
const MOST_PARTS = 6;

/** The busiest groups as parts of a chart, both environments of each together, and the others in one. */
export function partsOf<R extends Figure>(
  rows: readonly R[],
  by: Breakdown | null,
  label: (key: string) => string,
  others: string,
  figure: (rows: readonly R[]) => number | null,
): Part<R>[] {
  const found = [...Map.groupBy(rows, (row) => groupKey(row, by))].sort(
    ([, a], [, b]) => total(b, ({ calls }) => calls) - total(a, ({ calls }) => calls),
  );
  const shown = found.length > MOST_PARTS ? found.slice(0, MOST_PARTS - 1) : found;
  const parts = shown.map(([key, members], index): Part<R> => ({
    key: `s${index}`,
    label: label(key),
    colour: `--series-${index + 1}`,
    rows: members,
    figure,
  }));
  if (shown.length === found.length) return parts;
  const rest = found.slice(shown.length).flatMap(([, members]) => members);
  return [...parts, { key: "others", label: others, colour: "--idle-fill", rows: rest, figure }];
}
