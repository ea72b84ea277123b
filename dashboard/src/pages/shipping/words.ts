/** Codes of the hub in the reader's words. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type shipping from "@/locales/en/shipping.json";

type Words = "detail" | "level" | "failure" | "emirate" | "document" | "source" | "can" | "trouble" | "pickup_failure";

/** The word for each code of a kind; a code without one is shown as it is, its underscores as blanks. */
export function useWords(kind: Words & keyof typeof shipping): (code: string) => string {
  const { t } = useTranslation("shipping");
  return useMemo(() => {
    const words = t(kind, { returnObjects: true }) as Record<string, string>;
    return (code) => words[code] ?? code.replaceAll("_", " ");
  }, [t, kind]);
}
