/** Change a policy as a whole: its rule, its exceptions in order, and whether others take over. */
import { useId, useState } from "react";
import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Gateway } from "@/hooks/gateways";
import { type Policy, type RoutingRule, RULES, useSetPolicy } from "@/hooks/payment_routing";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Checkbox, Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { tellDone } from "@/ui/toast";
import { CaseForm } from "./case_form";
import { DialogProblem } from "./dialog_problem";
import { type CaseDraft, caseDraft, caseOf, caseTrouble } from "./routing_draft";

interface Props {
  policy: Policy;
  gateways: readonly Gateway[];
  onClose: () => void;
}

export function PolicyEditor({ policy, gateways, onClose }: Props) {
  const { t } = useTranslation(["payments", "common"]);
  const form = useId();
  // As it was when the dialog opened: saving says so, and is refused if somebody has changed it since.
  const [version] = useState(policy.version);
  const [rule, setRule] = useState<RoutingRule>(policy.rule);
  const [failover, setFailover] = useState(policy.failover);
  const [cases, setCases] = useState<CaseDraft[]>(() => policy.cases.map((each) => caseDraft(each)));
  const [tried, setTried] = useState(false);
  const save = useSetPolicy();
  const troubles = cases.map(caseTrouble);
  const send = () => {
    setTried(true);
    if (troubles.some((trouble) => Object.keys(trouble).length > 0)) return;
    save.mutate(
      { environment: policy.environment, version, rule, failover, cases: cases.map(caseOf) },
      {
        onSuccess: () => {
          tellDone(t("policy.saved"));
          onClose();
        },
      },
    );
  };
  const refused = save.error ? asProblem(save.error).field : null;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="large"
      title={t(`policy.${policy.environment}`)}
      description={t("policy.edit_text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button look="primary" type="submit" form={form} busy={save.isPending}>
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Field label={t("policy.rule")} help={t(`rule_text.${rule}`)}>
          {(control) => (
            <Select
              {...control}
              value={rule}
              onChange={setRule}
              options={RULES.map((value) => ({ value, label: t(`rule.${value}`) }))}
            />
          )}
        </Field>
        <Checkbox
          label={t("policy.take_over")}
          checked={failover}
          onChange={(event) => setFailover(event.target.checked)}
        />
        <section className="flex flex-col gap-3 border-t border-line pt-4">
          <div>
            <h3 className="font-semibold">{t("policy.cases")}</h3>
            <p className="text-[13px] text-muted">{t("policy.cases_text")}</p>
          </div>
          {cases.map((each, index) => (
            <CaseForm
              key={each.key}
              place={index + 1}
              draft={each}
              gateways={gateways}
              trouble={tried ? (troubles[index] ?? {}) : {}}
              refused={refused?.startsWith(`cases.${index}`) === true}
              onChange={(change) => setCases(cases.map((one, at) => (at === index ? { ...one, ...change } : one)))}
              onRemove={() => setCases(cases.filter((_, at) => at !== index))}
              onUp={index > 0 ? () => setCases(swapped(cases, index, index - 1)) : undefined}
              onDown={index < cases.length - 1 ? () => setCases(swapped(cases, index, index + 1)) : undefined}
            />
          ))}
          <div>
            <Button onClick={() => setCases([...cases, caseDraft()])}>
              <Plus className="size-4" aria-hidden />
              {t("policy.add")}
            </Button>
          </div>
        </section>
        <DialogProblem error={save.error} />
      </form>
    </Dialog>
  );
}

function swapped(cases: readonly CaseDraft[], from: number, to: number): CaseDraft[] {
  return cases.map((each, at) => (at === from ? cases[to] : at === to ? cases[from] : each) ?? each);
}
