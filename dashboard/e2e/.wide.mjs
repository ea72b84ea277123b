import { tell } from "./browser.mjs";
const [key, search] = process.argv.slice(2);
await tell(async (page, { signIn, open }) => {
  await signIn();
  await page.getByRole("button", { name: "العربية" }).click();
  await page.setViewportSize({ width: 390, height: 844 });
  await open(key, search);
  await page.waitForTimeout(3000);
  console.log(
    await page.evaluate(() => {
      const out = [document.documentElement.scrollWidth - innerWidth];
      for (const e of document.querySelectorAll("body *")) {
        const r = e.getBoundingClientRect();
        if ((r.left < -1 || r.right > innerWidth + 1) && r.width > 0)
          out.push(
            `${e.tagName}.${String(e.className?.baseVal ?? e.className).slice(0, 70)} ${Math.round(r.left)}..${Math.round(r.right)}`,
          );
      }
      return out.slice(0, 14).join("\n");
    }),
  );
});
