/** Words for what the hub names by codes: events, fields, streams, reasons. A code without a word is shown as it is. */
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { useLanguage } from "@/app/style";
import type { Language } from "@/lib/format";

export type Translate = TFunction<["marketing", "common"]>;
type Group = "event" | "field" | "reason" | "stream" | "purpose" | "touch";

/** All words of a group, by their codes with `_` for what separates. */
export function wordsOf(t: Translate, group: Group): Record<string, string> {
  return t(`words.${group}`, { returnObjects: true });
}

/** The words of a group, for components. */
export function useWords(group: Group): Record<string, string> {
  return wordsOf(useTranslation(["marketing", "common"]).t, group);
}

/** Keeps a text of whatever direction together within a sentence. */
export function isolate(text: string): string {
  return `\u2068${text}\u2069`;
}

/** Keeps a code left to right within a sentence. */
export function code(text: string): string {
  return `\u2066${text}\u2069`;
}

/** "a, b and c", "a, b or c". */
export function listed(parts: readonly string[], language: Language, type: "conjunction" | "disjunction"): string {
  return new Intl.ListFormat(language === "ar" ? "ar-AE" : "en-GB", { type }).format(parts);
}

/** For `listed`, with the reader's language. */
export function useListed(): (parts: readonly string[]) => string {
  const language = useLanguage();
  return (parts) => listed(parts, language, "conjunction");
}
