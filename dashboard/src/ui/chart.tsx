/** A chart over time: lines or stacked columns. Recharts is fetched when the first one is shown. */
import { lazy, Suspense } from "react";
import { Loading } from "./states";

export interface Series {
  key: string;
  label: string;
  /** A colour variable such as `--accent` or `--bad-fill`. */
  colour: string;
}

export interface ChartProps {
  /** Rows of `at` (ISO) and a number for each series. */
  rows: readonly Record<string, string | number | null>[];
  series: readonly Series[];
  kind: "lines" | "columns";
  /** What it shows, for who cannot see it. */
  label: string;
  /** How a figure is written. */
  format: (value: number) => string;
  formatAt: (at: string) => string;
  height?: number;
  /** Called with the row that was clicked: for going to what it counts. */
  onChoose?: (at: string) => void;
}

const Drawing = lazy(() => import("./chart_drawing"));

export function Chart(props: ChartProps) {
  return (
    <figure role="group" className="relative" aria-label={props.label} style={{ minHeight: props.height ?? 240 }}>
      <Suspense fallback={<Loading lines={5} />}>
        <Drawing {...props} />
      </Suspense>
      {/* The same figures as a table for screen readers; a table would not shrink by itself, and would widen the page. */}
      <div className="sr-only">
        <table>
          <caption>{props.label}</caption>
          <tbody>
            {props.rows.map((row) => (
              <tr key={String(row["at"])}>
                <th scope="row">{props.formatAt(String(row["at"]))}</th>
                {props.series.map((each) => (
                  <td key={each.key}>
                    {each.label}: {typeof row[each.key] === "number" ? props.format(row[each.key] as number) : "–"}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
