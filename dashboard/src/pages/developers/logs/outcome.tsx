/** How a call ended: its HTTP status, and in a word what that meant. */
import { useTranslation } from "react-i18next";
import type { LogLine } from "@/hooks/logs";
import { Badge, type Tone } from "@/ui/badge";

const TONES: Readonly<Record<string, Tone>> = {
  ok: "good",
  refused: "bad",
  retryable: "warn",
  unknown: "warn",
  not_sent: "neutral",
};

export function Outcome({ line }: { line: Pick<LogLine, "status" | "outcome"> }) {
  const { t } = useTranslation("developers");
  const words = t("outcome", { returnObjects: true }) as Record<string, string>;
  return (
    <span className="inline-flex items-center gap-2">
      <span className="tabular w-8 font-mono text-[13px]" dir="ltr">
        {line.status ?? "–"}
      </span>
      <Badge tone={TONES[line.outcome] ?? "neutral"}>{words[line.outcome] ?? line.outcome}</Badge>
    </span>
  );
}
