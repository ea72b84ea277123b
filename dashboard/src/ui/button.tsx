/** Buttons, and links that look like them. */
import type { ComponentProps } from "react";
import { LoaderCircle } from "lucide-react";
import { cx } from "@/lib/cx";

export type Look = "primary" | "secondary" | "quiet" | "danger";
export type Size = "small" | "medium" | "icon";

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-accent-ink hover:bg-accent-strong border-transparent",
  secondary: "bg-surface text-ink border-line hover:bg-sunken",
  quiet: "bg-transparent text-ink border-transparent hover:bg-sunken",
  danger: "bg-surface text-bad border-line hover:bg-bad-soft",
};
const SIZES: Record<Size, string> = {
  small: "h-7 px-2.5 text-[13px]",
  medium: "h-9 px-3.5",
  icon: "size-8 justify-center",
};

/** The classes of a button, for links. */
export function buttonClass(look: Look = "secondary", size: Size = "medium"): string {
  return cx(
    "inline-flex shrink-0 items-center justify-center gap-2 rounded-box border font-medium whitespace-nowrap transition-colors",
    "disabled:cursor-not-allowed disabled:opacity-50",
    LOOKS[look],
    SIZES[size],
  );
}

interface Props extends ComponentProps<"button"> {
  look?: Look;
  size?: Size;
  /** Shows that it is at work, and keeps it from being pressed again. */
  busy?: boolean;
}

/** A button. Without `type` it submits nothing. */
export function Button({ look, size, busy = false, className, children, disabled, ...rest }: Props) {
  return (
    <button
      type="button"
      className={cx(buttonClass(look, size), className)}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy && <LoaderCircle className="size-4 animate-spin" aria-hidden />}
      {children}
    </button>
  );
}
