/** One of a few: the browser's own list, which every keyboard, phone and screen reader knows. */
import type { ComponentProps } from "react";
import { ChevronDown } from "lucide-react";
import { cx } from "@/lib/cx";

export interface Option<V extends string = string> {
  value: V;
  label: string;
}

interface Props<V extends string> extends Omit<ComponentProps<"select">, "value" | "onChange" | "children"> {
  value: V;
  onChange: (value: V) => void;
  options: readonly Option<V>[];
  compact?: boolean;
}

export function Select<V extends string>({ value, onChange, options, compact = false, className, ...rest }: Props<V>) {
  return (
    <span className={cx("relative inline-flex", className)}>
      <select
        className={cx(
          "w-full appearance-none rounded-box border bg-surface ps-3 pe-8 text-ink disabled:opacity-60",
          compact ? "h-8 border-line" : "h-9 border-line-strong",
        )}
        value={value}
        onChange={(event) => onChange(event.target.value as V)}
        {...rest}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        className="pointer-events-none absolute end-2.5 top-1/2 size-4 -translate-y-1/2 text-muted"
        aria-hidden
      />
    </span>
  );
}
