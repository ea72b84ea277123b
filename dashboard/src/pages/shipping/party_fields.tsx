/** Who and where, as a form: only what the country has. The Emirates have emirates and Makani numbers, and no postal codes. */
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { countryOptions, EMIRATES, type Party } from "./places";
import { TextField } from "./text_field";
import { useWords } from "./words";

export type Part = keyof Party;

interface Props {
  /** What is asked for, in this order. */
  parts: readonly Part[];
  /** What may not be left out. */
  needed: readonly Part[];
  party: Party;
  onChange: (party: Party) => void;
  errorOf: (part: Part) => string | undefined;
}

const ONLY_THERE: readonly Part[] = ["emirate", "makani"];
const ONLY_ABROAD: readonly Part[] = ["state", "postal_code"];
const LEFT_TO_RIGHT: readonly Part[] = ["phone", "email", "postal_code", "makani", "tax_number"];
const TYPES: Partial<Record<Part, string>> = { phone: "tel", email: "email" };
/** As carriers write them. */
const CITIES = ["Abu Dhabi", "Al Ain", "Dubai", "Sharjah", "Ajman", "Umm Al Quwain", "Ras Al Khaimah", "Fujairah"];

export function PartyFields({ parts, needed, party, onChange, errorOf }: Props) {
  const { t } = useTranslation("shipping");
  const { language } = useStyle();
  const emirate = useWords("emirate");
  const cities = useId();
  const there = party.country === "AE";
  const set = (part: Part, value: string) => onChange({ ...party, [part]: value });
  const shown = parts.filter((part) => !(there ? ONLY_ABROAD : ONLY_THERE).includes(part));
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      {shown.map((part) => {
        const common = { label: t(`party.${part}`), optional: !needed.includes(part), error: errorOf(part) };
        if (part === "country" || part === "emirate")
          return (
            <Field key={part} {...common} help={part === "emirate" ? t("party.emirate_help") : undefined}>
              {(control) => (
                <Select
                  {...control}
                  className="w-full"
                  value={party[part] ?? ""}
                  onChange={(value) =>
                    part === "country"
                      ? onChange({ ...party, country: value, emirate: "", state: "", postal_code: "", makani: "" })
                      : set(part, value)
                  }
                  options={
                    part === "country"
                      ? countryOptions(language)
                      : [
                          { value: "", label: t("party.by_city") },
                          ...EMIRATES.map((value) => ({ value, label: emirate(value) })),
                        ]
                  }
                />
              )}
            </Field>
          );
        return (
          <TextField
            key={part}
            {...common}
            type={TYPES[part]}
            dir={LEFT_TO_RIGHT.includes(part) ? "ltr" : "auto"}
            list={part === "city" && there ? cities : undefined}
            placeholder={part === "phone" ? "+971501234567" : undefined}
            value={party[part] ?? ""}
            onChange={(value) => set(part, value)}
          />
        );
      })}
      <datalist id={cities}>
        {CITIES.map((city) => (
          <option key={city} value={city} />
        ))}
      </datalist>
    </div>
  );
}
