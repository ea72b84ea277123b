/** Short notices at the edge of the page. What shows them is fetched after the first look; one that is told earlier waits. */
import i18next from "i18next";
import { asProblem } from "@/lib/problem";

/** Something was done. */
export function tellDone(text: string): void {
  void import("sonner").then(({ toast }) => toast.success(text));
}

/** Something went wrong that no form field can show. */
export function tellProblem(error: unknown): void {
  const problem = asProblem(error);
  const said =
    problem.kind === "network" ? {} : { description: [problem.message, problem.hint].filter(Boolean).join(" ") };
  void import("sonner").then(({ toast }) => toast.error(i18next.t(`problem.${problem.kind}`), said));
}
