import { afterEach, describe, expect, it } from "vitest";
import i18next from "i18next";
import { changeLanguage } from "@/lib/i18n";

describe("changing the language", () => {
  afterEach(() => changeLanguage("en"));

  it("keeps the choice before its face and texts are there: the page may be left at once", async () => {
    const shown = changeLanguage("ar");
    expect(window.localStorage.getItem("wasl.language")).toBe("ar");
    await shown;
  });

  it("turns the page when everything can be shown in it", async () => {
    await changeLanguage("ar");
    expect([document.documentElement.lang, document.documentElement.dir, i18next.language]).toEqual([
      "ar",
      "rtl",
      "ar",
    ]);
  });
});
