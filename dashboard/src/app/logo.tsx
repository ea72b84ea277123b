/** The mark and the name, in both scripts. */
export function Logo({ compact = false }: { compact?: boolean }) {
  return (
    <span className="inline-flex items-center gap-2" dir="ltr">
      <img src="/icon.svg" alt="" className="size-7" />
      <span className={compact ? "sr-only" : "text-base font-semibold tracking-tight"}>Wasl</span>
    </span>
  );
}
