/** A titled box on a page. */
import { type ReactNode, useId } from "react";
import { cx } from "@/lib/cx";

interface Props {
  title: ReactNode;
  /** At the end side of the title: a link or a button. */
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}

export function Panel({ title, aside, children, className }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={cx("rounded-box border border-line bg-surface", className)}>
      <header className="flex min-h-12 items-center justify-between gap-3 border-b border-line px-4 py-2">
        <h2 id={id} className="font-semibold">
          {title}
        </h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
