/** A text that is shown this once, to be copied. */
import { useTranslation } from "react-i18next";
import { KeyRound } from "lucide-react";
import { CopyButton } from "@/ui/copy_button";

export function ShownOnce({ text, label, children }: { text: string; label: string; children: string }) {
  const { t } = useTranslation();
  return (
    <div className="rounded-box border border-line bg-accent-soft p-3">
      <p className="flex items-center gap-2 font-medium">
        <KeyRound className="size-4" aria-hidden />
        {label}
      </p>
      <p className="my-2 flex items-start gap-2">
        <code dir="ltr" className="min-w-0 grow rounded bg-surface px-2 py-1.5 font-mono text-[13px] break-all">
          {text}
        </code>
        <CopyButton text={text} label={t("actions.copy_this", { what: label })} />
      </p>
      <p className="text-[13px]">{children}</p>
    </div>
  );
}
