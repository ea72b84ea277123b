/** How the present reader has things written: language, direction, time zone; and what time it is. */
import { createContext, useContext, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { DEFAULT_TIME_ZONE, type Language, type Style } from "@/lib/format";

/** The organization's time zone, where there is one. */
export const TimeZone = createContext(DEFAULT_TIME_ZONE);

export function useLanguage(): Language {
  return useTranslation().i18n.language === "ar" ? "ar" : "en";
}

export function useReadingDirection(): "ltr" | "rtl" {
  return useLanguage() === "ar" ? "rtl" : "ltr";
}

/** For the functions of lib/format.ts. */
export function useStyle(): Style {
  const language = useLanguage();
  const timeZone = useContext(TimeZone);
  return useMemo(() => ({ language, timeZone }), [language, timeZone]);
}

/** How old the present time of `useNow` can be. */
export const TICK_MS = 10_000;

/** The present time, brought up to date every ten seconds, so that "5 minutes ago" stays true. */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
