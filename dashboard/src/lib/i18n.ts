/** Texts: one namespace for each page, loaded when it is first shown, in the language that is used alone. */
import i18next, { type BackendModule } from "i18next";
import { initReactI18next } from "react-i18next";
import { applyLanguage, keepLanguage, readLanguage } from "./preferences";
import type { Language } from "./format";

const files = import.meta.glob<Record<string, unknown>>("../locales/*/*.json", { import: "default" });

const backend: BackendModule = {
  type: "backend",
  init: () => undefined,
  read: (language, namespace, done) => {
    const load = files[`../locales/${language}/${namespace}.json`];
    if (!load) {
      done(new Error(`no texts: ${language}/${namespace}`), null);
      return;
    }
    load().then(
      (texts) => done(null, texts),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), null),
    );
  },
};

/** Load the shell's texts; the promise ends when they can be shown. */
export async function startI18n(): Promise<void> {
  const language = readLanguage();
  await Promise.all([
    loadFace(language),
    i18next
      .use(backend)
      .use(initReactI18next)
      .init({
        lng: language,
        initAsync: false, // so that pages can ask for their texts from now on
        supportedLngs: ["en", "ar"],
        fallbackLng: false,
        ns: ["common"],
        defaultNS: "common",
        interpolation: { escapeValue: false }, // React escapes.
        react: { useSuspense: true },
      }),
  ]);
}

/** For the loader of a route: its texts are fetched beside its code. A page that waits for them later is shown late. */
export function textsOf(...namespaces: string[]): () => Promise<void> {
  return () => i18next.loadNamespaces(namespaces);
}

/** Keep another language at once, so that leaving the page does not lose the choice, and show everything in it. */
export async function changeLanguage(language: Language): Promise<void> {
  keepLanguage(language);
  await loadFace(language);
  applyLanguage(language);
  await i18next.changeLanguage(language);
}

/** Faces are files of our own; the Arabic one is fetched only by those who read Arabic. */
async function loadFace(language: Language): Promise<void> {
  await import("@fontsource-variable/inter/wght.css");
  if (language === "ar") {
    await Promise.all([
      import("@fontsource/ibm-plex-sans-arabic/arabic-400.css"),
      import("@fontsource/ibm-plex-sans-arabic/arabic-500.css"),
      import("@fontsource/ibm-plex-sans-arabic/arabic-600.css"),
    ]);
  }
}
