/** Changes between the two languages; it names the other one in that language. */
import { Languages } from "lucide-react";
import { changeLanguage } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { useLanguage } from "./style";

/** Each by its own name. */
export const LANGUAGES = { en: "English", ar: "العربية" };

export function LanguageButton() {
  const other = useLanguage() === "ar" ? "en" : "ar";
  return (
    <Button look="quiet" size="small" lang={other} onClick={() => void changeLanguage(other)}>
      <Languages className="size-4" aria-hidden />
      {LANGUAGES[other]}
    </Button>
  );
}
