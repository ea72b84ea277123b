/** Copies a text, and says so. */
import { useState } from "react";
import { Check, Copy } from "lucide-react";
import { useTranslation } from "react-i18next";

const SHOWN_MS = 1500;

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      onClick={() => void copy()}
      className="inline-flex items-center gap-1 rounded p-1 text-muted hover:bg-sunken hover:text-ink"
      aria-label={copied ? t("actions.copied") : (label ?? t("actions.copy"))}
    >
      <Icon className="size-3.5" aria-hidden />
    </button>
  );
}

/** An identifier: its beginning, and the whole of it to copy. */
export function Id({ value }: { value: string }) {
  return (
    <span className="inline-flex items-center gap-1" dir="ltr">
      <code className="font-mono text-xs" title={value}>
        {value.length > 14 ? `${value.slice(0, 13)}…` : value}
      </code>
      <CopyButton text={value} />
    </span>
  );
}
