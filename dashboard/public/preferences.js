// Before the first paint, so that nobody sees the wrong theme or direction flash by. The same rules: src/lib/preferences.ts.
{
  const read = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null; // Storage may be switched off.
    }
  };
  const root = document.documentElement;
  const language = read("wasl.language") ?? (navigator.language.startsWith("ar") ? "ar" : "en");
  root.lang = language;
  root.dir = language === "ar" ? "rtl" : "ltr";
  const theme = read("wasl.theme") ?? "system";
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "dark" : "light";
}
