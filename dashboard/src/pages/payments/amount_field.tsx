/** An amount of what is left: all of it to begin with, checked while it is typed. */
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { compare, isAmount } from "@/lib/decimal";
import { formatMoney } from "@/lib/format";
import { asProblem } from "@/lib/problem";
import { Field, Input } from "@/ui/field";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  left: string;
  currency: string;
  /** What came of the last try: an error about the amount is shown here. */
  error: unknown;
}

export function AmountField({ label, value, onChange, left, currency, error }: Props) {
  const { t } = useTranslation("payments");
  const most = formatMoney(left, currency, useStyle());
  const told = error === null ? null : asProblem(error);
  const wrong = amountTrouble(value, left);
  const shown = wrong ? t(`amount.${wrong}`, { most }) : told?.field === "amount" ? told.message : undefined;
  return (
    <Field label={label} help={t("amount.most", { most })} error={shown}>
      {(control) => (
        <span className="flex items-center gap-2">
          <Input
            {...control}
            inputMode="decimal"
            dir="ltr"
            autoComplete="off"
            className="tabular"
            value={value}
            onChange={(event) => onChange(event.target.value.trim())}
          />
          <span className="text-muted">{currency}</span>
        </span>
      )}
    </Field>
  );
}

/** What is wrong with an amount out of what is left; null: nothing. */
export function amountTrouble(value: string, left: string): "malformed" | "zero" | "too_much" | null {
  if (!isAmount(value)) return "malformed";
  if (compare(value, 0) === 0) return "zero";
  return compare(value, left) > 0 ? "too_much" : null;
}
