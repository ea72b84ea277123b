// Arabic says all that English says, and nothing of it in English.
import { describe, expect, it } from "vitest";

type Texts = { [key: string]: string | Texts };
const files = import.meta.glob<Texts>("../src/locales/*/*.json", { eager: true, import: "default" });
const PLURAL = /_(zero|one|two|few|many|other)$/;
// Names that have no Arabic form in use.
const KEPT_LATIN = /Wasl|API|SDK|CSV|JSON|URL|UTC|HTTP|OpenAPI|webhook|curl|Python|TypeScript|\{\{\w+\}\}/g;

function flat(texts: Texts, path = ""): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "string" ? [[path + key, value] as [string, string]] : flat(value, `${path}${key}.`),
  );
}

const namespaces = Object.keys(files)
  .filter((file) => file.includes("/en/"))
  .map((file) => file.split("/").at(-1) ?? "");

describe.each(namespaces)("%s", (namespace) => {
  const english = flat(files[`../src/locales/en/${namespace}`] ?? {});
  const arabic = flat(files[`../src/locales/ar/${namespace}`] ?? {});
  const keys = (texts: [string, string][]) => [...new Set(texts.map(([key]) => key.replace(PLURAL, "")))].sort();

  it("has the same keys in both languages", () => {
    expect(keys(arabic)).toEqual(keys(english));
  });

  it("has all six plural forms in Arabic", () => {
    const forms = Map.groupBy(
      arabic.filter(([key]) => PLURAL.test(key)),
      ([key]) => key.replace(PLURAL, ""),
    );
    for (const [key, members] of forms) expect([key, members.length]).toEqual([key, 6]);
  });

  it("has the same values to fill in", () => {
    const values = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();
    const inEnglish = new Map(english);
    for (const [key, text] of arabic) {
      const other = inEnglish.get(key);
      if (other !== undefined && !PLURAL.test(key)) expect([key, values(text)]).toEqual([key, values(other)]);
    }
  });

  it("has no English left in Arabic", () => {
    const latin = arabic.filter(([, text]) => /[A-Za-z]{2,}/.test(text.replace(KEPT_LATIN, "")));
    expect(latin).toEqual([]);
  });
});
