/** The policy of one environment, as sentences. */
import { lazy, Suspense, useState } from "react";
import { Pencil } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import type { Gateway } from "@/hooks/gateways";
import type { Policy, PolicyCase } from "@/hooks/payment_routing";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Time } from "@/ui/time";
import { useWords } from "./words";

const PolicyEditor = lazy(() => import("./policy_editor").then((module) => ({ default: module.PolicyEditor })));

interface Props {
  policy: Policy;
  /** Those of its environment. */
  gateways: readonly Gateway[];
}

export function PolicyPanel({ policy, gateways }: Props) {
  const { t } = useTranslation(["payments", "common"]);
  const [editing, setEditing] = useState(false);
  const may = useMay("developer");
  const open = gateways.filter((each) => each.status === "active" && each.routing?.enabled === true);
  return (
    <Panel
      title={t(`policy.${policy.environment}`)}
      aside={
        may && (
          <Button size="small" onClick={() => setEditing(true)}>
            <Pencil className="size-3.5" aria-hidden />
            {t("policy.edit")}
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-3 px-4 py-3">
        {policy.cases.length > 0 && (
          <ol aria-label={t("policy.cases")} className="flex flex-col gap-2">
            {policy.cases.map((each, index) => (
              <li key={index} className="flex gap-3 rounded-box bg-sunken px-3 py-2">
                <span aria-hidden className="tabular text-muted">
                  {index + 1}
                </span>
                <Sentence policyCase={each} gateways={gateways} />
              </li>
            ))}
          </ol>
        )}
        <p>
          {t(policy.cases.length > 0 ? "policy.else" : "policy.all")} <strong>{t(`rule.${policy.rule}`)}</strong>.{" "}
          {t(`rule_text.${policy.rule}`)}
        </p>
        <Order rule={policy.rule} gateways={open} />
        <p className="text-muted">{t(policy.failover ? "policy.failover" : "policy.no_failover")}</p>
        <p className="text-[13px] text-muted">
          {policy.version === 0 ? (
            t("policy.unset")
          ) : (
            <>
              {t("policy.version", { version: policy.version })}
              {policy.updated_at && (
                <>
                  {" · "}
                  <Time at={policy.updated_at} />
                </>
              )}
            </>
          )}
        </p>
      </div>
      {editing && (
        <Suspense>
          <PolicyEditor policy={policy} gateways={gateways} onClose={() => setEditing(false)} />
        </Suspense>
      )}
    </Panel>
  );
}

/** Who is considered, in this order. */
function Order({ rule, gateways }: { rule: Policy["rule"]; gateways: readonly Gateway[] }) {
  const { t } = useTranslation("payments");
  if (gateways.length === 0) return <p className="text-muted">{t("policy.nobody")}</p>;
  return (
    <ul className="flex flex-wrap gap-1.5" aria-label={t("policy.order")}>
      {gateways.map(({ id, name, routing }) => (
        <li key={id}>
          <Badge>
            <bdi>{name}</bdi>
            {routing && (
              <span className="tabular">
                {rule === "weighted"
                  ? t("terms.weight", { weight: routing.weight })
                  : t("terms.priority", { priority: routing.priority })}
              </span>
            )}
          </Badge>
        </li>
      ))}
    </ul>
  );
}

function Sentence({ policyCase, gateways }: { policyCase: PolicyCase; gateways: readonly Gateway[] }) {
  const { t } = useTranslation("payments");
  const words = useWords();
  const { when } = policyCase;
  const conditions = [
    when?.currencies?.length && t("case.currencies", { list: words.list(when.currencies) }),
    when?.countries?.length && t("case.countries", { list: words.list(when.countries.map(words.country)) }),
    when?.methods?.length && t("case.methods", { list: words.list(when.methods.map(words.method)) }),
    when?.minimum_amount && t("case.minimum", { amount: when.minimum_amount }),
    when?.maximum_amount && t("case.maximum", { amount: when.maximum_amount }),
  ].filter(Boolean);
  const names = (policyCase.connections ?? []).map(
    (id) => gateways.find((each) => each.id === id)?.name ?? t("case.gone"),
  );
  return (
    <div className="min-w-0">
      <p className="font-medium">
        <bdi>{policyCase.name}</bdi>
      </p>
      <p className="text-[13px]">
        {conditions.length > 0 ? t("case.when", { conditions: conditions.join(t("case.and")) }) : t("case.always")}{" "}
        {names.length > 0 &&
          t(policyCase.exclusive ? "case.only" : "case.first", { names: names.join(t("case.then")) })}{" "}
        {policyCase.rule && t("case.rule", { rule: t(`rule.${policyCase.rule}`) })}
      </p>
    </div>
  );
}
