/** Names and values in two columns. */
import type { ReactNode } from "react";

export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-[minmax(7rem,11rem)_minmax(0,1fr)] gap-x-4 gap-y-2">{children}</dl>;
}

/** One of them; left out where there is no value. */
export function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  if (children === null || children === undefined || children === "" || children === false) return null;
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}

/** A heading within a drawer or dialog. */
export function Heading({ children }: { children: ReactNode }) {
  return <h3 className="mb-2 font-semibold">{children}</h3>;
}
