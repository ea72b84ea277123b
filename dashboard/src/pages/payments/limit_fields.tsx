/** Which payments are meant: currencies, countries, methods, amounts. For a connection's terms and a policy's cases. */
import { useTranslation } from "react-i18next";
import { Checkbox, Field, Input } from "@/ui/field";
import type { Trouble } from "./routing_draft";
import { METHODS, useWords } from "./words";

interface Limits {
  currencies: string;
  countries: string;
  methods: string[];
  minimum: string;
  maximum: string;
}

interface Props {
  value: Limits;
  onChange: (change: Partial<Limits>) => void;
  trouble: Partial<Record<"currencies" | "countries" | "minimum" | "maximum", Trouble>>;
}

export function LimitFields({ value, onChange, trouble }: Props) {
  const { t } = useTranslation("payments");
  const words = useWords();
  const told = (name: keyof Props["trouble"]) => {
    const found = trouble[name];
    return found && t(`trouble.${found}`);
  };
  const line = (name: keyof Props["trouble"], placeholder: string) => (
    <Field label={t(`limit.${name}`)} error={told(name)} optional>
      {(control) => (
        <Input
          {...control}
          dir="ltr"
          autoComplete="off"
          placeholder={placeholder}
          value={value[name]}
          onChange={(event) => onChange({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
  const choose = (method: string, chosen: boolean) =>
    onChange({ methods: chosen ? [...value.methods, method] : value.methods.filter((each) => each !== method) });
  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-4 sm:grid-cols-2">
        {line("currencies", "AED, SAR")}
        {line("countries", "AE, KW")}
        {line("minimum", "0.00")}
        {line("maximum", "5000.00")}
      </div>
      <fieldset>
        <legend className="mb-1.5 font-medium">{t("limit.methods")}</legend>
        <div className="grid grid-cols-2 gap-x-4 gap-y-1 sm:grid-cols-3">
          {METHODS.map((method) => (
            <Checkbox
              key={method}
              label={words.method(method)}
              checked={value.methods.includes(method)}
              onChange={(event) => choose(method, event.target.checked)}
            />
          ))}
        </div>
        <p className="mt-1 text-[13px] text-muted">{t("limit.methods_help")}</p>
      </fieldset>
    </div>
  );
}
