/** Which gateway would take this? A worker answers with the code that really chooses; nothing is sent to any gateway. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useEnvironment } from "@/app/organization_route";
import { type Trial, useTryRoute } from "@/hooks/payment_routing";
import { isAmount } from "@/lib/decimal";
import { Button } from "@/ui/button";
import { Checkbox, Field, Input } from "@/ui/field";
import { Panel } from "@/ui/panel";
import { Select } from "@/ui/select";
import { Choice, LeftOut } from "./choice";
import { DialogProblem } from "./dialog_problem";
import { METHODS, useWords } from "./words";

const EMPTY = { amount: "99.00", currency: "AED", method: "", country: "", manual: false, save: false };

export function Tester() {
  const { t } = useTranslation(["payments", "common"]);
  const words = useWords();
  const given = useEnvironment();
  const [environment, setEnvironment] = useState(given ?? "sandbox");
  const [asked, setAsked] = useState(EMPTY);
  const [tried, setTried] = useState(false);
  const trial = useTryRoute();
  const trouble = {
    amount: isAmount(asked.amount) ? undefined : t("trouble.amount"),
    currency: /^[A-Z]{3}$/.test(asked.currency) ? undefined : t("trouble.currency"),
    country: /^([A-Z]{2})?$/.test(asked.country) ? undefined : t("trouble.country"),
  };
  const change = (part: Partial<typeof EMPTY>) => setAsked((before) => ({ ...before, ...part }));
  const ask = () => {
    setTried(true);
    if (Object.values(trouble).some(Boolean)) return;
    const { amount, currency, method, country, manual, save } = asked;
    trial.mutate({
      amount,
      currency,
      ...(method && { method }),
      ...(country && { country }),
      capture_method: manual ? "manual" : "automatic",
      save_payment_method: save,
      environment: given ?? environment,
    });
  };
  const code = (name: "amount" | "currency" | "country", upper = true) => (
    <Field label={t(`try.${name}`)} error={tried ? trouble[name] : undefined} optional={name === "country"}>
      {(control) => (
        <Input
          {...control}
          dir="ltr"
          autoComplete="off"
          value={asked[name]}
          onChange={(event) =>
            change({ [name]: upper ? event.target.value.trim().toUpperCase() : event.target.value.trim() })
          }
        />
      )}
    </Field>
  );
  return (
    <Panel title={t("try.title")}>
      <form
        noValidate
        className="flex flex-col gap-4 px-4 py-3"
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <p className="text-[13px] text-muted">{t("try.text")}</p>
        <div className="grid grid-cols-2 gap-3">
          {code("amount", false)}
          {code("currency")}
          <Field label={t("column.method")} optional>
            {(control) => (
              <Select
                {...control}
                value={asked.method}
                onChange={(method) => change({ method })}
                options={[
                  { value: "", label: t("try.any_method") },
                  ...METHODS.map((value) => ({ value, label: words.method(value) })),
                ]}
              />
            )}
          </Field>
          {code("country")}
        </div>
        {!given && (
          <Field label={t("common:environment.label")}>
            {(control) => (
              <Select
                {...control}
                value={environment}
                onChange={setEnvironment}
                options={(["sandbox", "live"] as const).map((value) => ({
                  value,
                  label: t(`common:environment.${value}`),
                }))}
              />
            )}
          </Field>
        )}
        <div className="flex flex-col gap-1">
          <Checkbox
            label={t("try.manual")}
            checked={asked.manual}
            onChange={(event) => change({ manual: event.target.checked })}
          />
          <Checkbox
            label={t("try.save")}
            checked={asked.save}
            onChange={(event) => change({ save: event.target.checked })}
          />
        </div>
        <Button look="primary" type="submit" busy={trial.isPending}>
          {t("try.action")}
        </Button>
        <div aria-live="polite">
          {trial.data && <Told trial={trial.data} currency={trial.variables.currency} />}
          <DialogProblem error={trial.error} />
        </div>
      </form>
    </Panel>
  );
}

function Told({ trial, currency }: { trial: Trial; currency: string }) {
  const { t } = useTranslation("payments");
  return (
    <div className="rounded-box bg-sunken px-3 py-2.5">
      {trial.route ? (
        <Choice route={trial.route} currency={currency} />
      ) : (
        <div className="flex flex-col gap-2 text-[13px]">
          <p className="font-medium text-bad">{t("try.nobody")}</p>
          <LeftOut skipped={trial.skipped} />
        </div>
      )}
    </div>
  );
}
