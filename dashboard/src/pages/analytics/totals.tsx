/** A row of totals above a chart. */
import type { ReactNode } from "react";

export interface Total {
  label: string;
  value: ReactNode;
  note?: ReactNode;
}

export function Totals({ label, totals }: { label: string; totals: readonly Total[] }) {
  return (
    <ul aria-label={label} className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-6">
      {totals.map((total) => (
        <li key={total.label} className="rounded-box border border-line bg-surface px-4 py-3">
          <span className="block text-[13px] text-muted">{total.label}</span>
          <span className="tabular mt-0.5 block text-lg font-semibold tracking-tight">{total.value}</span>
          {total.note !== undefined && <span className="block text-[13px] text-muted">{total.note}</span>}
        </li>
      ))}
    </ul>
  );
}
