/** A rule, line by line: when, if, then. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Definition } from "@/hooks/automations";
import { ruleOf } from "./rule";
import { useTeller } from "./use_teller";

export function RuleView({ definition }: { definition: Definition }) {
  const { t } = useTranslation("marketing");
  const rule = ruleOf(definition, useTeller());
  return (
    <dl className="flex flex-col gap-2.5 px-4 py-3">
      <Line word={t("rule.word.when")}>{rule.when}</Line>
      <Line word={t("rule.word.if")}>{rule.conditions ?? <span className="text-muted">{t("rule.always")}</span>}</Line>
      <Line word={t("rule.word.then")}>
        <ol className="flex list-decimal flex-col gap-1.5 ps-5">
          {rule.steps.map((step, index) => (
            <li key={index}>
              {step.text}
              {step.delay !== null && <span className="text-muted"> · {step.delay}</span>}
              {step.only !== null && (
                <span className="block text-[13px] text-muted">{t("rule.only", { conditions: step.only })}</span>
              )}
            </li>
          ))}
        </ol>
      </Line>
    </dl>
  );
}

function Line({ word, children }: { word: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-3">
      <dt className="font-semibold text-accent-strong">{word}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}
