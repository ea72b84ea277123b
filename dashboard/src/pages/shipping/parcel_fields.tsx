/** One or several parcels: weights in kilograms, lengths in centimetres. */
import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { PARCEL, type ParcelDraft } from "./rate_draft";
import { TextField } from "./text_field";

interface Props {
  parcels: readonly ParcelDraft[];
  onChange: (parcels: ParcelDraft[]) => void;
  errorOf: (field: string) => string | undefined;
}

const MEASURES = ["weight_kg", "length_cm", "width_cm", "height_cm"] as const;
const MOST = 99;

export function ParcelFields({ parcels, onChange, errorOf }: Props) {
  const { t } = useTranslation("shipping");
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 font-semibold">{t("parcel.title", { count: parcels.length })}</legend>
      {parcels.map((parcel, place) => (
        <div key={place} className="flex items-end gap-2" role="group" aria-label={t("parcel.nth", { n: place + 1 })}>
          <div className="grid grow grid-cols-2 gap-2 sm:grid-cols-4">
            {MEASURES.map((measure) => (
              <TextField
                key={measure}
                inputMode="decimal"
                dir="ltr"
                label={<span className="text-[13px]">{t(`parcel.${measure}`)}</span>}
                value={parcel[measure]}
                error={errorOf(`parcels.${place}.${measure}`)}
                onChange={(value) =>
                  onChange(parcels.map((each, at) => (at === place ? { ...each, [measure]: value } : each)))
                }
              />
            ))}
          </div>
          {parcels.length > 1 && (
            <Button
              look="quiet"
              size="icon"
              aria-label={t("parcel.remove", { n: place + 1 })}
              onClick={() => onChange(parcels.filter((_, at) => at !== place))}
            >
              <Trash2 className="size-4" aria-hidden />
            </Button>
          )}
        </div>
      ))}
      <Button
        size="small"
        className="self-start"
        disabled={parcels.length >= MOST}
        onClick={() => onChange([...parcels, parcels.at(-1) ?? PARCEL])}
      >
        <Plus className="size-3.5" aria-hidden />
        {t("parcel.add")}
      </Button>
    </fieldset>
  );
}
