/** What went wrong with what a dialog asked for, beside the fields. */
import { useTranslation } from "react-i18next";
import { asProblem } from "@/lib/problem";
import { ProblemText } from "@/ui/states";

/** `except`: the field that shows its own. */
export function DialogProblem({ error, except }: { error: unknown; except?: string }) {
  const { t } = useTranslation(["payments", "common"]);
  if (error === null || error === undefined) return null;
  const problem = asProblem(error);
  if (except !== undefined && problem.field === except) return null;
  const waiting = problem.code === "wait_timeout";
  return (
    <div role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
      <p className="font-medium">{waiting ? t("still_going_on") : t(`common:problem.${problem.kind}`)}</p>
      {!waiting && <ProblemText error={problem} />}
    </div>
  );
}
