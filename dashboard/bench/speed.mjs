// What `wasl bench dashboard` measures: when pages can be used, with an empty cache, and how smoothly a long table scrolls.
//
// Reads what scripts of e2e/ read, and WASL_LINES and WASL_ROUNDS; prints one line of JSON.
import { settings, tell } from "../e2e/browser.mjs";

const LINES = Number(process.env.WASL_LINES);
const ROUNDS = Number(process.env.WASL_ROUNDS);
const SCROLLS = 200;
const figures = { sign_in_ms: [], overview_ms: [], overview_filled_ms: [], payments_ms: [] };

/** Milliseconds from the address to what can be clicked or typed into, by the browser's clock. */
async function opened(page, url, usable) {
  await page.goto(url, { waitUntil: "commit" });
  await usable().waitFor();
  return page.evaluate(() => performance.now());
}

let session = "";
let home = "";
await tell(async (page, { signIn }) => {
  await signIn();
  session = await page.evaluate(() => localStorage.getItem("wasl.session"));
  home = page.url();
});
for (let round = 0; round < ROUNDS; round += 1) {
  await tell(async (page) => {
    const email = () => page.getByLabel("E-mail");
    figures.sign_in_ms.push(await opened(page, settings.hub, email));
  });
  await tell(async (page) => {
    await page.addInitScript((kept) => localStorage.setItem("wasl.session", kept), session);
    const connect = () => page.getByRole("main").getByRole("button", { name: "Connect a provider" });
    figures.overview_ms.push(await opened(page, home, connect));
    // The connection comes with the last of what the page asks for.
    await page.getByRole("region", { name: "Connections", exact: true }).getByText("Stripe").first().waitFor();
    figures.overview_filled_ms.push(await page.evaluate(() => performance.now()));
  });
  await tell(async (page) => {
    await page.addInitScript((kept) => localStorage.setItem("wasl.session", kept), session);
    const tab = () => page.getByRole("tab").first();
    figures.payments_ms.push(await opened(page, `${home}/payments`, tab));
  });
}

await tell(async (page) => {
  await page.addInitScript((kept) => localStorage.setItem("wasl.session", kept), session);
  await page.goto(`${home}/developers?tab=logs&range=24h`);
  const table = page.getByRole("table", { name: "API call logs" });
  await table.waitFor();
  const found = await table.evaluate(
    async (element, { lines, scrolls }) => {
      const scroller = element.parentElement;
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const rows = () => Number(element.getAttribute("aria-rowcount")) - 1;
      const begun = performance.now();
      while (rows() < lines) {
        scroller.scrollTop = scroller.scrollHeight;
        await frame();
      }
      const loadedMs = performance.now() - begun;
      const step = scroller.scrollHeight / scrolls;
      const frames = [];
      const drawn = [];
      scroller.scrollTop = 0;
      await frame();
      for (let number = 1; number <= scrolls; number += 1) {
        const before = performance.now();
        // By turns a leap and a little way, as a hand does it.
        scroller.scrollTop = number % 2 === 0 ? number * step : scroller.scrollTop + 120;
        await frame();
        await frame();
        frames.push((performance.now() - before) / 2);
        drawn.push(element.querySelectorAll("tbody tr[data-index]").length);
      }
      return { loadedMs, frames, drawn: Math.max(...drawn), rows: rows() };
    },
    { lines: LINES, scrolls: SCROLLS },
  );
  Object.assign(figures, {
    rows: found.rows,
    rows_drawn: found.drawn,
    all_loaded_ms: found.loadedMs,
    frame_ms: found.frames,
  });
});
console.log(JSON.stringify(figures));
