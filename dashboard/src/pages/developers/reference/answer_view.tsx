/** What came back: status, how long it took, and the answer without secrets; or why nothing was sent. */
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { formatCount, formatDuration } from "@/lib/format";
import { asProblem } from "@/lib/problem";
import { Badge } from "@/ui/badge";
import { Json } from "@/ui/json";
import { ProblemText } from "@/ui/states";
import { Refused } from "./guard";
import type { Answered } from "./send";

interface Props {
  answer: Answered | undefined;
  error: Error | null;
  /** Whether a function was called in a way that lets nothing be written. */
  wasRead: boolean;
}

const NOT_ALLOWED = 405;

export function AnswerView({ answer, error, wasRead }: Props) {
  const { t } = useTranslation(["developers", "common"]);
  const style = useStyle();
  if (error) return <Failure error={error} />;
  if (!answer) return null;
  const fine = answer.status < 400;
  return (
    <section aria-label={t("try.answer")} aria-live="polite" className="flex flex-col gap-2">
      <p className="flex flex-wrap items-center gap-2 text-[13px]">
        <Badge tone={fine ? "good" : "bad"}>
          <span dir="ltr">
            {answer.status} {answer.statusText}
          </span>
        </Badge>
        <span className="tabular text-muted">{formatDuration(answer.durationMs, style)}</span>
        <span className="tabular text-muted">
          {t("try.bytes", { count: answer.bytes, shown: formatCount(answer.bytes, style) })}
        </span>
      </p>
      {answer.status === NOT_ALLOWED && wasRead && <p className="text-[13px] text-warn">{t("try.writes")}</p>}
      {answer.headers.length > 0 && (
        <dl dir="ltr" className="grid grid-cols-[auto_1fr] gap-x-3 text-start font-mono text-xs text-muted">
          {answer.headers.map(([name, value]) => (
            <div key={name} className="contents">
              <dt>{name}</dt>
              <dd className="break-all">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {answer.body !== "" && <Json value={answer.body} label={t("try.answer")} />}
    </section>
  );
}

function Failure({ error }: { error: Error }) {
  const { t } = useTranslation(["developers", "common"]);
  if (error.name === "AbortError") {
    return (
      <p role="status" className="text-muted">
        {t("try.stopped")}
      </p>
    );
  }
  if (error instanceof Refused) {
    return (
      <p role="alert" className="text-bad">
        {t(`try.refused_${error.reason}`, { field: error.field ?? "" })}
      </p>
    );
  }
  return (
    <p role="alert" className="text-bad">
      {t(`common:problem.${asProblem(error).kind}`)} <ProblemText error={error} />
    </p>
  );
}
