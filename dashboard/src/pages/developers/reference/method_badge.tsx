/** The method of a request, as a word of fixed width. */
import { cx } from "@/lib/cx";

const COLOURS: Readonly<Record<string, string>> = {
  get: "text-info",
  post: "text-good",
  patch: "text-warn",
  delete: "text-bad",
};

export function MethodBadge({ method }: { method: string }) {
  return (
    <span
      dir="ltr"
      className={cx(
        "inline-block w-11 shrink-0 text-start font-mono text-[11px] font-semibold",
        COLOURS[method.toLowerCase()],
      )}
    >
      {method.toLowerCase() === "delete" ? "DEL" : method.toUpperCase()}
    </span>
  );
}
