// What every script of this folder uses: a browser at the hub, signed in, that looks for what is wrong by itself.
//
// The environment says where things are: WASL_HUB_URL, WASL_SANDBOX_URL, WASL_CHROMIUM, WASL_EMAIL and WASL_PASSWORD of a user,
// WASL_SCREENSHOTS, a folder for pictures, where they are wanted; WASL_FAILURES, one for what a script failed on.
// tests/e2e/test_dashboard.py sets them; `make screenshots` wants pictures. WASL_LATE_MS: every answer comes up to so many
// milliseconds late, at random, and the page has a quarter of its processor; this is how races are looked for.
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
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
const PATIENCE_MS = 20_000;

export const settings = {
  hub: required("WASL_HUB_URL"),
  sandbox: required("WASL_SANDBOX_URL"),
  browser: required("WASL_CHROMIUM"),
  email: required("WASL_EMAIL"),
  password: required("WASL_PASSWORD"),
  screenshots: process.env.WASL_SCREENSHOTS,
  failures: process.env.WASL_FAILURES,
  lateMs: Number(process.env.WASL_LATE_MS ?? 0),
};

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

/** Run `story(page, tools)` in a browser; fails when it throws, or when a page complained in its console. */
export async function tell(story, { width = 1360, height = 900 } = {}) {
  const browser = await chromium.launch({ executablePath: settings.browser, args: FLAGS });
  const complaints = [];
  try {
    await inContext(browser, complaints, { width, height }, story);
    if (complaints.length > 0) throw new Error(`the page complained:\n${complaints.join("\n")}`);
  } finally {
    await browser.close();
  }
}

async function inContext(browser, complaints, viewport, story) {
  const context = await browser.newContext({ viewport, locale: "en-GB", reducedMotion: "reduce" });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  if (settings.lateMs > 0) await slowDown(context, page);
  const underWay = new Set();
  page.on("request", (request) => underWay.add(request));
  page.on("requestfinished", (request) => underWay.delete(request));
  page.on("requestfailed", (request) => underWay.delete(request));
  page.on("console", (message) => {
    // A refusal by the hub is shown on the page; the browser tells of it too.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  const another = (told) => inContext(browser, complaints, viewport, told);
  const tools = toolsOf(page, another, underWay);
  try {
    await story(page, tools);
  } catch (reason) {
    await shoot(page, settings.failures, `failed_${path.basename(process.argv[1], ".mjs")}`);
    throw reason;
  }
  await context.close();
}

async function slowDown(context, page) {
  await context.route("**/*", async (route) => {
    await delay(Math.random() * settings.lateMs);
    await route.continue().catch(() => undefined); // The page may be gone by now.
  });
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
}

/** Call the hub itself, as a user's `token` (without one: as anybody); throws with what it refused. */
async function call(pathname, body, token) {
  const { publishable_key: key } = await (await fetch(`${settings.hub}/config.json`)).json();
  const headers = {
    apikey: key,
    "content-type": "application/json",
    ...(token && { authorization: `Bearer ${token}` }),
  };
  const answer = await fetch(`${settings.hub}${pathname}`, { method: "POST", headers, body: JSON.stringify(body) });
  const found = await answer.json();
  if (!answer.ok) throw new Error(`${pathname}: ${JSON.stringify(found)}`);
  return found;
}

/** Ask Stripe's twin for something as the demo's merchant, without the hub: what happens at the gateway by itself. */
export async function atStripe(pathname, form = {}) {
  const answer = await fetch(`${settings.sandbox}/stripe${pathname}`, {
    method: "POST",
    headers: { authorization: "Bearer sk_test_demo_trading_llc" },
    body: new URLSearchParams(form),
  });
  const found = await answer.json();
  if (!answer.ok) throw new Error(`${pathname}: ${JSON.stringify(found)}`);
  return found;
}

/** A user who is new to the hub: their address, password and token. */
async function newUser() {
  const email = `e2e-${crypto.randomUUID()}@wasl.example`;
  const password = crypto.randomUUID();
  const { access_token: token } = await call("/auth/v1/signup", { email, password });
  return { email, password, token };
}

function toolsOf(page, another, underWay) {
  const pathOf = (key) => {
    const [organization] = new URL(page.url()).pathname.match(/^\/o\/[^/]+/);
    return `${organization}/${key === "overview" ? "" : key}`;
  };
  const tools = {
    /** Sign in (as the user of the environment, unless told otherwise), and wait for the overview. */
    async signIn({ email, password } = settings) {
      await page.goto(settings.hub);
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password", { exact: true }).fill(password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    },
    /** Open a page of the open organization by its key, such as `payments`, with a search such as `?status=failed`. */
    async open(key, search = "") {
      await page.goto(settings.hub + pathOf(key) + search);
      await page.locator("h1").first().waitFor(); // An open dialog hides it from roles.
    },
    /** Go on to a page as a click does, without loading everything anew; ends when all is shown. */
    async turn(key, search = "") {
      await page.evaluate((href) => globalThis.__TSR_ROUTER__.navigate({ href }), pathOf(key) + search);
      await tools.settled();
    },
    /** Call a function of the database as the user who is signed in, in the open organization. */
    async rpc(name, args = {}) {
      const token = await page.evaluate(() => JSON.parse(localStorage.getItem("wasl.session")).access_token);
      return call(`/rest/v1/rpc/${name}`, args, token);
    },
    /** Rows of a table as the user who is signed in sees them, such as `payments?reference=eq.A&select=id`. */
    async rows(query) {
      return page.evaluate(async (path) => {
        const { publishable_key: apikey } = await (await fetch("/config.json")).json();
        const { access_token: token } = JSON.parse(localStorage.getItem("wasl.session"));
        const headers = { apikey, authorization: `Bearer ${token}` };
        return (await fetch(`/rest/v1/${path}`, { headers })).json();
      }, query);
    },
    /** The open organization's id. */
    async organization() {
      const [, slug] = new URL(page.url()).pathname.match(/^\/o\/([^/]+)/);
      const [{ id }] = await tools.rows(`organizations?slug=eq.${slug}&select=id`);
      return id;
    },
    /** Run `story(page, tools)` beside this one, signed in as a new member of this organization who may only look. */
    async asViewer(story) {
      const viewer = await newUser();
      await tools.rpc("set_member", {
        organization_id: await tools.organization(),
        email: viewer.email,
        role: "viewer",
      });
      await another(async (theirs, their) => {
        await their.signIn(viewer);
        await story(theirs, their);
      });
    },
    /** Run `story(page, tools, user)` beside this one, signed in as the owner of an organization that has nothing yet. */
    async asNewcomer(story) {
      const newcomer = await newUser();
      await call("/rest/v1/rpc/create_organization", { name: "New Company LLC" }, newcomer.token);
      await another(async (theirs, their) => {
        await their.signIn(newcomer);
        await story(theirs, their, newcomer);
      });
    },
    /** Wait until everything that was asked for is shown: nothing is loading or under way. Throws when the page alarms. */
    async settled() {
      const quiet = async () => {
        await page.locator("[data-loading]").first().waitFor({ state: "detached" });
        // What an answer leads to is asked for within two frames.
        await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
        return underWay.size === 0 && (await page.locator("[data-loading]").count()) === 0;
      };
      while (!((await quiet()) && (await quiet())));
      const alarms = await page.getByRole("main").getByRole("alert").allInnerTexts();
      expect(alarms.length === 0, `the page alarms: ${alarms.join("; ")}`);
    },
    /** Choose a theme: light, dark or system. */
    async theme(name) {
      await page.evaluate((theme) => {
        localStorage.setItem("wasl.theme", theme);
        document.documentElement.dataset.theme = theme;
        // Pictures are of what has been drawn.
        return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
      }, name);
    },
    /** Keep a picture, where pictures are wanted. */
    async picture(name, options = {}) {
      await shoot(page, settings.screenshots, name, options);
    },
    /** Look for what shuts people out, by axe: all of it, or `only` a rule; throws with what it found. */
    async accessible(name, only) {
      if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(await readFile(AXE, "utf8"));
      const found = await page.evaluate(
        (runOnly) => globalThis.axe.run(document, { runOnly }),
        only ? { type: "rule", values: [only] } : { type: "tag", values: RULES },
      );
      const faults = found.violations.map(
        ({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map(told).join("\n    ")}`,
      );
      if (faults.length > 0) throw new Error(`axe, on ${name}:\n  ${faults.join("\n  ")}`);
    },
  };
  return tools;
}

async function shoot(page, folder, name, options = {}) {
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), ...options });
}

function told({ html, failureSummary }) {
  return `${html.slice(0, 200)}\n      ${failureSummary.split("\n").slice(1).join(" ").trim()}`;
}

/** Throw unless something holds. */
export function expect(held, message) {
  if (!held) throw new Error(message);
}
