/** What is wrong with a field, in words, for the place beside it. */
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { formatCount } from "@/lib/format";
import type { ContentField, Problem } from "./limits";
import { type Composer, refusalOf } from "./use_composer";

/** A problem in words. */
export function useProblemText(): (problem: Problem, network: string) => string {
  const { t } = useTranslation("social");
  const style = useStyle();
  return ({ code, values, place }, network) => {
    const shown = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === "number" ? formatCount(value, style) : value,
      ]),
    );
    const text = t(`problems.${code}`, { ...shown, network });
    return place === undefined ? text : t("problems.of_file", { place: place + 1, text });
  };
}

/** What is wrong with a field in the present scope; of what is said to all, the accounts' names stand before it. */
export function useTellProblems(composer: Composer): (field: ContentField) => string | undefined {
  const inWords = useProblemText();
  const { chosen, scope, draft, tried } = composer;
  return (field) => {
    const told = new Map<string, string>();
    for (const { account, network, problems } of chosen) {
      const concerned = scope === null ? draft.variants[account.id]?.[field] === undefined : account.id === scope;
      if (!concerned) continue;
      for (const problem of problems) {
        if (problem.field !== field || (!tried && isMissing(problem.code))) continue;
        const text = inWords(problem, network.name);
        if (!told.has(text)) told.set(text, text);
      }
    }
    const refusal = refusalOf(composer, field);
    const all = [...told.values(), ...(refusal === undefined ? [] : [refusal])];
    return all.length === 0 ? undefined : all.join(" ");
  };
}

/** What is only not there yet is told when somebody wants to send it. */
export function isMissing(code: Problem["code"]): boolean {
  return code === "empty_post" || code === "invalid_url" || code === "media_needed";
}
