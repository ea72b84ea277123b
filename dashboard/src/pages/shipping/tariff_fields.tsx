/** Agreed prices, line by line, for carriers that cannot be asked. */
import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { TARIFF_LINE, type TariffDraft } from "./carrier_draft";
import { LEVELS } from "./rate_draft";
import { TextField } from "./text_field";
import { useWords } from "./words";

interface Props {
  lines: readonly TariffDraft[];
  onChange: (lines: TariffDraft[]) => void;
  errorOf: (field: string) => string | undefined;
}

const NEEDED: readonly (keyof TariffDraft)[] = ["service", "base_amount", "currency"];
const PARTS = [
  "service",
  "name",
  "base_amount",
  "currency",
  "base_kg",
  "step_kg",
  "step_amount",
  "cash_amount",
  "transit_days",
  "emirates",
  "countries",
] as const;

export function TariffFields({ lines, onChange, errorOf }: Props) {
  const { t } = useTranslation("shipping");
  const level = useWords("level");
  const change = (place: number, changes: Partial<TariffDraft>) =>
    onChange(lines.map((line, at) => (at === place ? { ...line, ...changes } : line)));
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 font-medium">{t("tariff.title")}</legend>
      <p className="text-[13px] text-muted">{t("tariff.help")}</p>
      {errorOf("tariff") && (
        <p role="alert" className="text-[13px] text-bad">
          {errorOf("tariff")}
        </p>
      )}
      {lines.map((line, place) => (
        <div
          key={place}
          role="group"
          aria-label={t("tariff.nth", { n: place + 1 })}
          className="grid grid-cols-2 gap-3 rounded-box border border-line p-3 sm:grid-cols-4"
        >
          {PARTS.map((part) => (
            <TextField
              key={part}
              dir="auto"
              label={<span className="text-[13px]">{t(`tariff.${part}`)}</span>}
              optional={!NEEDED.includes(part)}
              value={line[part]}
              error={errorOf(`tariff.${place}.${part}`)}
              onChange={(value) => change(place, { [part]: value })}
            />
          ))}
          <Field
            label={<span className="text-[13px]">{t("tariff.level")}</span>}
            error={errorOf(`tariff.${place}.level`)}
          >
            {(control) => (
              <Select
                {...control}
                className="w-full"
                value={line.level}
                onChange={(value) => change(place, { level: value })}
                options={LEVELS.map((value) => ({ value, label: level(value) }))}
              />
            )}
          </Field>
          <Button
            look="quiet"
            size="small"
            className="col-span-full justify-self-start"
            onClick={() => onChange(lines.filter((_, at) => at !== place))}
          >
            <Trash2 className="size-3.5" aria-hidden />
            {t("tariff.remove", { n: place + 1 })}
          </Button>
        </div>
      ))}
      <Button size="small" className="self-start" onClick={() => onChange([...lines, TARIFF_LINE])}>
        <Plus className="size-3.5" aria-hidden />
        {t("tariff.add")}
      </Button>
    </fieldset>
  );
}
