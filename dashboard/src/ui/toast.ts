/** Short notices at the edge of the page. */
import { toast } from "sonner";
import i18next from "i18next";
import { asProblem } from "@/lib/problem";

/** Something was done. */
export function tellDone(text: string): void {
  toast.success(text);
}

/** Something went wrong that no form field can show. */
export function tellProblem(error: unknown): void {
  const problem = asProblem(error);
  const said =
    problem.kind === "network" ? {} : { description: [problem.message, problem.hint].filter(Boolean).join(" ") };
  toast.error(i18next.t(`problem.${problem.kind}`), said);
}
