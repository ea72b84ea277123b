// Social: connect a network by its consent page, write a post with a variant, schedule it, move in the calendar, publish,
// read what became of it and its comments; then the charts; in both languages and themes, narrow, by who may only look, and
// where nothing is yet.
import { expect, settings, tell } from "./browser.mjs";

const MARK = Date.now().toString(36);
const TEXT = `Our new branch opens on Monday. ${MARK} #dubai`;
const ARABIC = `نفتتح فرعنا الجديد يوم الاثنين. ${MARK} #دبي`;

await tell(async (page, tools) => {
  const { signIn, open, theme, picture, accessible, asViewer, asNewcomer } = tools;
  page.setDefaultTimeout(30_000);
  await signIn();
  await accounts(page, tools);
  const day = await compose(page, tools);
  await calendar(page, tools, day);
  await publish(page, tools);
  await lists(page, tools);
  await variants(page, tools);

  await theme("dark");
  await open("social", "?tab=calendar");
  await page.getByRole("grid").waitFor();
  await picture("social_calendar_dark", { fullPage: true });
  await accessible("the calendar, dark");
  await inArabic(page, tools);
  await theme("light");
  await narrow(page, tools);

  await asViewer(async (theirs, their) => {
    await their.open("social", `?tab=posts&q=${MARK}`);
    await theirs.getByRole("row").filter({ hasText: TEXT }).click();
    const drawer = theirs.getByRole("dialog");
    await drawer.getByRole("link", { name: "See it on LinkedIn" }).waitFor();
    for (const name of ["Edit the text", "Delete", "Write a comment"]) {
      expect((await drawer.getByRole("button", { name }).count()) === 0, `a viewer may: ${name}`);
    }
    await their.picture("social_viewer");
    await their.accessible("a post, as a viewer");
    expect((await theirs.getByRole("button", { name: "New post" }).count()) === 0, "a viewer may write");
    await theirs.goto(`${theirs.url().split("?")[0]}?compose=new`);
    await theirs.getByText("It takes the role “Developer”").waitFor();
    await their.open("social", "?tab=accounts");
    await theirs.getByRole("switch").first().waitFor();
    expect(await theirs.getByRole("switch").first().isDisabled(), "a viewer may choose accounts");
  });
  await asNewcomer(async (theirs, their) => {
    await their.open("social");
    await theirs.getByText("No network is connected").waitFor();
    await their.picture("social_empty_accounts");
    await their.accessible("social, empty");
    for (const [tab, title] of [
      ["posts", "No posts yet"],
      ["comments", "No comments yet"],
      ["engagement", "No figures in this period"],
    ]) {
      await their.turn("social", `?tab=${tab}`);
      await theirs.getByText(title).first().waitFor();
      await their.picture(`social_empty_${tab}`);
    }
  });
});

/** A network's consent, and the account that is worked with. */
async function accounts(page, { open, picture, accessible }) {
  await open("social", "?tab=accounts");
  await page.getByRole("tab", { name: "Accounts" }).waitFor();
  await connect(page, "LinkedIn");
  await open("social", "?tab=accounts");
  const login = page.getByRole("region").filter({ hasText: `LinkedIn ${MARK}` });
  const use = login.getByRole("switch", { name: "Publish on Desert Bloom Cafés" });
  await use.waitFor();
  await use.click();
  await login.getByText("In use", { exact: true }).waitFor();
  await picture("social_accounts");
  await accessible("the accounts");

  // Consent is given anew where the connection's settings are, and leads back to them.
  await open("settings", "?tab=connections");
  await page
    .getByRole("row")
    .filter({ hasText: `LinkedIn ${MARK}` })
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Mariam Al Mansoori").first().waitFor();
  await picture("settings_connection_consent");
  await dialog.getByRole("button", { name: "Consent anew at LinkedIn" }).click();
  await consent(page);
  await dialog.getByRole("heading", { name: "Consent at the provider" }).waitFor();
  await open("social", "?tab=accounts");
  await login.getByText("In use", { exact: true }).waitFor();
}

/** Connect a network in the sandbox, and consent as its user on its own page. */
async function connect(page, network) {
  await page
    .getByRole("button", { name: `Connect ${network}` })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill(`${network} ${MARK}`);
  await dialog.getByLabel("Client ID").fill(`app-${MARK}`);
  await dialog.getByLabel("Primary client secret").fill(`secret-of-${MARK}-for-the-tests`);
  await dialog.getByRole("button", { name: "Connect and test" }).click();
  await dialog.getByRole("button", { name: new RegExp(network) }).click();
  await consent(page);
}

/** What its user does on the network's own page. */
async function consent(page) {
  await page.waitForURL((url) => !url.href.startsWith(settings.hub));
  await page.getByRole("button", { name: /allow/i }).click();
  await page.waitForURL((url) => url.href.startsWith(settings.hub));
}

/** Limits and missing things are told while it is written; what is right is scheduled. Returns the day. */
async function compose(page, { picture, accessible }) {
  await page.getByRole("button", { name: "New post" }).click();
  await page.getByRole("heading", { level: 1, name: "New post" }).waitFor();
  await page.getByRole("button", { name: "Publish now" }).click();
  await page.getByText("Choose at least one account.").waitFor();
  await choose(page, `Desert Bloom Cafés.*LinkedIn ${MARK}`);
  await page.getByText("A post needs a text, a link or a file.").first().waitFor();
  const text = page.getByLabel("Text", { exact: true });
  await text.fill("x".repeat(3001));
  await page.getByText("LinkedIn takes 3,000 characters; there are 3,001.").first().waitFor();
  await picture("social_composer_limits");
  await text.fill(TEXT);
  await page.getByText(/of 3,000 characters/).waitFor();
  await page.getByRole("textbox", { name: "Link" }).fill("https://shop.example/marina");
  await page.getByLabel("Title (optional)").fill("Dubai Marina");
  await page.getByLabel("At a time").check();
  await page.getByLabel("Time", { exact: true }).fill("2020-01-01T09:00");
  await page.getByText("That time has passed.").waitFor();
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel("Time", { exact: true }).fill(`${tomorrow}T09:30`);
  await atTop(page);
  await picture("social_composer", { fullPage: true });
  await accessible("the composer");
  await page.getByRole("button", { name: "Schedule" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("Scheduled for").waitFor();
  await picture("social_post_scheduled");
  await accessible("a scheduled post");
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  return tomorrow;
}

/** The post stands on its day, and keys move from day to day. */
async function calendar(page, { picture, accessible }, day) {
  const chosen = page.getByRole("grid").locator('[role="gridcell"][aria-selected="true"]');
  expect((await chosen.getAttribute("data-day")) === day, "the calendar does not show the post's day");
  await page.getByText(TEXT).first().waitFor();
  await atTop(page);
  await picture("social_calendar", { fullPage: true });
  await accessible("the calendar");
  await chosen.focus();
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction((each) => document.activeElement?.getAttribute("data-day") === each, dayBefore(day));
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((each) => document.activeElement?.getAttribute("data-day") === each, day);
  await page.getByLabel("Period shown").selectOption("week");
  await page.waitForURL(/view=week/);
  await picture("social_week");
  await page.getByLabel("Period shown").selectOption("month");
}

/** It is published after all at once, commented on and counted. */
async function publish(page, { picture, accessible }) {
  const drawer = page.getByRole("dialog");
  await page.getByRole("button").filter({ hasText: TEXT }).last().click();
  await drawer.getByRole("button", { name: "Change" }).click();
  await page.getByLabel("At once").check();
  await page.getByRole("button", { name: "Publish now" }).click();
  await drawer.getByRole("link", { name: "See it on LinkedIn" }).waitFor();
  await drawer.getByRole("button", { name: "Write a comment" }).click();
  await drawer.getByLabel("Comment as Desert Bloom Cafés").fill(`Open from 10 to 22. ${MARK}`);
  await drawer.getByRole("button", { name: "Publish", exact: true }).click();
  await drawer.getByRole("button", { name: "Write a comment" }).waitFor();
  await drawer.getByText(`Open from 10 to 22. ${MARK}`).waitFor();
  await drawer.getByRole("button", { name: "Count now" }).click();
  await drawer.getByText("Counted", { exact: false }).first().waitFor();
  await picture("social_post");
  await accessible("a post");
  await page.keyboard.press("Escape");
}

async function lists(page, { open, picture, accessible }) {
  await open("social", "?tab=posts&status=published");
  await page.getByRole("row").filter({ hasText: TEXT }).waitFor();
  await picture("social_posts");
  await accessible("the posts");
  await open("social", "?tab=posts&q=nobody_says_this");
  await page.getByText("Nothing fits.").waitFor();
  await open("social", "?tab=comments");
  await page.getByText(`Open from 10 to 22. ${MARK}`).waitFor();
  await picture("social_comments");
  await accessible("the comments");
  await open("social", "?tab=engagement");
  await page.getByRole("heading", { name: "Accounts over time" }).waitFor();
  await page.getByRole("heading", { name: "What people did with posts" }).waitFor();
  await page.locator(".recharts-surface").first().waitFor();
  await picture("social_engagement", { fullPage: true });
  await accessible("the charts");
}

/** One post for two networks, each of which gets a text of its own; kept as drafts. */
async function variants(page, { open, picture, accessible }) {
  await open("social", "?compose=new");
  await choose(page, `Desert Bloom Cafés.*LinkedIn ${MARK}`);
  await choose(page, "Dubai Coffee House.*Facebook");
  await page.getByLabel("Text", { exact: true }).fill(`For everybody. ${MARK}`);
  await page
    .getByRole("group", { name: "Whose content" })
    .getByRole("button", { name: /Facebook/ })
    .click();
  await page.getByRole("button", { name: "Make it different here" }).first().click();
  await page.getByLabel("Text", { exact: true }).fill(`For our friends here. ${MARK}`);
  const previews = page.getByRole("complementary", { name: "Preview" });
  await previews.getByText(`For everybody. ${MARK}`).waitFor();
  await previews.getByText(`For our friends here. ${MARK}`).waitFor();
  await atTop(page);
  await picture("social_variants", { fullPage: true });
  await accessible("a variant");
  await page.getByRole("button", { name: "Keep as draft" }).click();
  const list = page.getByRole("table", { name: "Posts" });
  await list.getByText(`For everybody. ${MARK}`).waitFor();
  await list.getByText(`For our friends here. ${MARK}`).waitFor();
}

/** The main job again, from right to left. */
async function inArabic(page, { picture, accessible }) {
  await page.getByRole("button", { name: "العربية" }).click();
  await page.getByRole("heading", { level: 1, name: "التواصل الاجتماعي" }).waitFor();
  await atTop(page);
  await picture("social_calendar_arabic_dark", { fullPage: true });
  await accessible("the calendar, Arabic, dark");
  const [first, second] = await page
    .getByRole("columnheader")
    .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().x));
  expect(first > second, "the Arabic week does not begin at the right");
  await page.getByRole("button", { name: "منشور جديد", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "منشور جديد" }).waitFor();
  await choose(page, `Desert Bloom Cafés.*LinkedIn ${MARK}`);
  await page.getByLabel("النص", { exact: true }).fill(ARABIC);
  await atTop(page);
  await picture("social_composer_arabic_dark", { fullPage: true });
  await accessible("the composer, Arabic, dark");
  await page.getByRole("button", { name: "نشر الآن" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("link", { name: /LinkedIn/ }).waitFor();
  await picture("social_post_arabic_dark");
  await accessible("a post, Arabic, dark");
}

async function narrow(page, { open, picture, accessible }) {
  await page.setViewportSize({ width: 390, height: 844 });
  await open("social", "?compose=new");
  await page.getByRole("checkbox").first().waitFor();
  await picture("social_narrow_composer");
  await accessible("the composer, narrow");
}

function choose(page, name) {
  return page
    .getByRole("checkbox", { name: new RegExp(name) })
    .first()
    .check();
}

/** A whole page is pictured from its top: what sticks there would else stand in its middle. */
function atTop(page) {
  return page.evaluate(() => scrollTo(0, 0));
}

function dayBefore(day) {
  return new Date(Date.parse(`${day}T12:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
