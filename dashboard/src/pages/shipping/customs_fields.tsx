/** What customs wants to know of goods that cross a border. */
import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { countryOptions } from "./places";
import { type CustomsItemDraft, ITEM } from "./rate_draft";
import { TextField } from "./text_field";

interface Props {
  items: readonly CustomsItemDraft[];
  currency: string;
  onChange: (items: CustomsItemDraft[]) => void;
  errorOf: (field: string) => string | undefined;
}

const PARTS = ["description", "quantity", "unit_value", "weight_kg", "hs_code"] as const;

export function CustomsFields({ items, currency, onChange, errorOf }: Props) {
  const { t } = useTranslation("shipping");
  const { language } = useStyle();
  const change = (place: number, part: keyof CustomsItemDraft, value: string) =>
    onChange(items.map((item, at) => (at === place ? { ...item, [part]: value } : item)));
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 font-semibold">{t("customs.title")}</legend>
      <p className="text-[13px] text-muted">{t("customs.help")}</p>
      {items.map((item, place) => (
        <div
          key={place}
          role="group"
          aria-label={t("customs.nth", { n: place + 1 })}
          className="grid grid-cols-2 gap-3 rounded-box border border-line p-3"
        >
          {PARTS.map((part) => (
            <div key={part} className={part === "description" ? "col-span-2" : undefined}>
              <TextField
                label={t(`customs.${part}`, { currency })}
                optional={part === "hs_code"}
                inputMode={part === "description" ? "text" : "decimal"}
                value={item[part]}
                error={errorOf(`customs.items.${place}.${part}`)}
                onChange={(value) => change(place, part, value)}
              />
            </div>
          ))}
          <Field label={t("customs.origin_country")} error={errorOf(`customs.items.${place}.origin_country`)}>
            {(control) => (
              <Select
                {...control}
                className="w-full"
                value={item.origin_country}
                onChange={(value) => change(place, "origin_country", value)}
                options={countryOptions(language)}
              />
            )}
          </Field>
          {items.length > 1 && (
            <Button
              look="quiet"
              size="small"
              className="col-span-2 justify-self-start"
              onClick={() => onChange(items.filter((_, at) => at !== place))}
            >
              <Trash2 className="size-3.5" aria-hidden />
              {t("customs.remove", { n: place + 1 })}
            </Button>
          )}
        </div>
      ))}
      <Button size="small" className="self-start" onClick={() => onChange([...items, ITEM])}>
        <Plus className="size-3.5" aria-hidden />
        {t("customs.add")}
      </Button>
    </fieldset>
  );
}
