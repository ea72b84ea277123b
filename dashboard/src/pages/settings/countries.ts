/** Countries by their names in a language. */
import { useMemo } from "react";
import type { Language } from "@/lib/format";
import type { Option } from "@/ui/select";

/** Codes that Intl has a name for though they are no country's: unions, islands of others, and what tests use. */
const NONE = new Set(["EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"]);
const LETTERS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

/** All that Intl knows, by ISO 3166-1 alpha-2, in the order of the language. */
export function useCountries(language: Language): Option[] {
  return useMemo(() => countriesIn(language), [language]);
}

export function countriesIn(language: Language): Option[] {
  const names = new Intl.DisplayNames([language], { type: "region", fallback: "none" });
  const { compare } = new Intl.Collator(language);
  return LETTERS.flatMap((first) => LETTERS.map((second) => first + second))
    .filter((code) => !NONE.has(code) && isPresent(code))
    .flatMap((value) => {
      const label = names.of(value);
      return label === undefined ? [] : [{ value, label }];
    })
    .sort((a, b) => compare(a.label, b.label));
}

/** Codes that were given up are replaced by what took their place. */
function isPresent(code: string): boolean {
  return new Intl.Locale(`und-${code}`).region === code;
}
