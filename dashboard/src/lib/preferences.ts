/** What one person likes in this browser: language and theme. Read before the first paint by public/preferences.js. */
import type { Language } from "./format";

export type Theme = "system" | "light" | "dark";

const LANGUAGE = "wasl.language";
const THEME = "wasl.theme";
const LAST_ORGANIZATION = "wasl.organization.";

export function readLanguage(): Language {
  return document.documentElement.lang === "ar" ? "ar" : "en";
}

/** Keep the language: the page is in it when it is next opened. */
export function keepLanguage(language: Language): void {
  write(LANGUAGE, language);
}

/** Say which language the page is in, and turn it to its direction. */
export function applyLanguage(language: Language): void {
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
}

export function readTheme(): Theme {
  const kept = read(THEME);
  return kept === "light" || kept === "dark" ? kept : "system";
}

/** Keep the theme and show it. */
export function applyTheme(theme: Theme): void {
  write(THEME, theme);
  const dark = theme === "dark" || (theme === "system" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
}

/** Where somebody was last, to go on there. */
export function lastOrganization(userId: string): string | null {
  return read(LAST_ORGANIZATION + userId);
}

export function rememberOrganization(userId: string, slug: string): void {
  write(LAST_ORGANIZATION + userId, slug);
}

function read(name: string): string | null {
  try {
    return window.localStorage.getItem(name);
  } catch {
    return null; // Storage may be switched off.
  }
}

function write(name: string, value: string): void {
  try {
    window.localStorage.setItem(name, value);
  } catch {
    // It then holds until the page is closed.
  }
}
