// What every script of this folder uses: a browser at the hub, signed in, that looks for what is wrong by itself.
//
// The environment says where things are: WASL_HUB_URL, WASL_CHROMIUM, WASL_EMAIL and WASL_PASSWORD of a user,
// WASL_SCREENSHOTS, a folder for pictures. tests/e2e/test_dashboard.py and `make screenshots` set them.
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const PATIENCE_MS = 120_000;

export const settings = {
  hub: required("WASL_HUB_URL"),
  browser: required("WASL_CHROMIUM"),
  email: required("WASL_EMAIL"),
  password: required("WASL_PASSWORD"),
  screenshots: process.env.WASL_SCREENSHOTS,
};

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

/** Run `story(page, tools)` in a browser; fails when it throws, or when the page complained in its console. */
export async function tell(story, { width = 1360, height = 900 } = {}) {
  const browser = await chromium.launch({ executablePath: settings.browser, args: FLAGS });
  try {
    const context = await browser.newContext({ viewport: { width, height }, locale: "en-GB", reducedMotion: "reduce" });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => {
      // A refusal by the hub is shown on the page; the browser tells of it too.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
        complaints.push(message.text());
      }
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    const tools = toolsOf(page);
    try {
      await story(page, tools);
    } catch (reason) {
      await tools.picture("failed");
      throw reason;
    }
    if (complaints.length > 0) throw new Error(`the page complained:\n${complaints.join("\n")}`);
  } finally {
    await browser.close();
  }
}

function toolsOf(page) {
  return {
    /** Sign in as the user of the environment, and wait for the overview. */
    async signIn() {
      await page.goto(settings.hub);
      await page.getByLabel("E-mail").fill(settings.email);
      await page.getByLabel("Password", { exact: true }).fill(settings.password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    },
    /** Open a page of the open organization by its key, such as `payments`, with a search such as `?status=failed`. */
    async open(key, search = "") {
      const [, slug] = new URL(page.url()).pathname.match(/^\/o\/([^/]+)/);
      await page.goto(`${settings.hub}/o/${slug}/${key === "overview" ? "" : key}${search}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
    },
    /** Choose a theme: light, dark or system. */
    async theme(name) {
      await page.evaluate((theme) => {
        localStorage.setItem("wasl.theme", theme);
        document.documentElement.dataset.theme = theme;
      }, name);
    },
    /** Keep a picture, where pictures are wanted. */
    async picture(name, options = {}) {
      if (!settings.screenshots) return;
      await mkdir(settings.screenshots, { recursive: true });
      await page.screenshot({ path: path.join(settings.screenshots, `${name}.png`), ...options });
    },
    /** Look for what shuts people out, by axe; throws with what it found. */
    async accessible(name) {
      await page.evaluate(await readFile(AXE, "utf8"));
      const found = await page.evaluate(
        (rules) => globalThis.axe.run(document, { runOnly: { type: "tag", values: rules } }),
        RULES,
      );
      const faults = found.violations.map(
        ({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map(({ html }) => html.slice(0, 200)).join("\n    ")}`,
      );
      if (faults.length > 0) throw new Error(`axe, on ${name}:\n  ${faults.join("\n  ")}`);
    },
  };
}

/** Throw unless something holds. */
export function expect(held, message) {
  if (!held) throw new Error(message);
}
