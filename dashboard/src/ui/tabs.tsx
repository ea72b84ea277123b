/** Tabs whose choice is in the URL: give `value` and `onChange` from the route's search. */
import type { ReactNode } from "react";
import { Tabs as Radix } from "radix-ui";
import { useReadingDirection } from "@/app/style";

interface Props<V extends string> {
  value: V;
  onChange: (value: V) => void;
  tabs: readonly { value: V; label: ReactNode; content: ReactNode }[];
  /** Names the list of tabs for screen readers. */
  label: string;
}

export function Tabs<V extends string>({ value, onChange, tabs, label }: Props<V>) {
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next as V)} dir={useReadingDirection()}>
      <Radix.List aria-label={label} className="relative mb-4 flex gap-1 overflow-x-auto border-b border-line">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className="-mb-px rounded-t border-b-2 border-transparent px-3 py-2 font-medium whitespace-nowrap text-muted -outline-offset-2 hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value}>
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
