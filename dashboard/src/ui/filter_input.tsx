/** A filter that is typed: it takes effect when the typing stops, at Enter, or when it is left. */
import { useRef, useState } from "react";
import { cx } from "@/lib/cx";
import { Input } from "@/ui/field";

const PAUSE_MS = 350;

interface Props {
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  label: string;
  /** Whether a text can be used; what cannot is marked, and changes nothing. */
  accepts?: (text: string) => boolean;
  numeric?: boolean;
  className?: string;
}

export function FilterInput({ value, onChange, label, accepts = () => true, numeric = false, className }: Props) {
  const [text, setText] = useState(value ?? "");
  const [seen, setSeen] = useState(value);
  const [told, setTold] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  if (value !== seen) {
    setSeen(value);
    // Cleared, or gone back to, from elsewhere.
    if (value !== told) setText(value ?? "");
  }
  const good = text.trim() === "" || accepts(text.trim());
  const tell = (next: string) => {
    clearTimeout(timer.current);
    const wanted = next.trim() || undefined;
    if (wanted === value || (wanted !== undefined && !accepts(wanted))) return;
    setTold(wanted);
    onChange(wanted);
  };
  return (
    <Input
      type={numeric ? "text" : "search"}
      inputMode={numeric ? "decimal" : "search"}
      dir={numeric ? "ltr" : "auto"}
      aria-label={label}
      placeholder={label}
      aria-invalid={!good || undefined}
      autoComplete="off"
      value={text}
      onChange={(event) => {
        const next = event.target.value;
        setText(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => tell(next), PAUSE_MS);
      }}
      onBlur={() => tell(text)}
      onKeyDown={(event) => {
        if (event.key === "Enter") tell(text);
      }}
      className={cx("h-8 border-line px-2.5 text-start", className)}
    />
  );
}
