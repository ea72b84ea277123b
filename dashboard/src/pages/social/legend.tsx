/** Which colour stands for what in a chart. */
import type { Series } from "@/ui/chart";

export function Legend({ series }: { series: readonly Series[] }) {
  return (
    <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-[13px]">
      {series.map(({ key, label, colour }) => (
        <li key={key} className="flex items-center gap-1.5">
          <span aria-hidden className="size-2.5 rounded-sm" style={{ background: `var(${colour})` }} />
          <bdi>{label}</bdi>
        </li>
      ))}
    </ul>
  );
}
