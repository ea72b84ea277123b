// Social: connect a network by its consent page, write a post with a variant, schedule it, move in the calendar, publish,
// read what became of it and its comments; then the charts, Arabic, the dark, narrow; nothing shuts anybody out.
import { expect, settings, tell } from "./browser.mjs";

const MARK = Date.now().toString(36);
const TEXT = `Our new branch opens on Monday. ${MARK} #dubai`;

await tell(async (page, { signIn, open, theme, picture, accessible }) => {
  if (process.env.WASL_PATIENCE_MS) page.setDefaultTimeout(Number(process.env.WASL_PATIENCE_MS));
  await signIn();
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

  await page.getByRole("button", { name: "New post" }).click();
  await page.getByRole("heading", { level: 1, name: "New post" }).waitFor();
  await page.getByRole("button", { name: "Publish now" }).click();
  await page.getByText("Choose at least one account.").waitFor();
  await page.getByRole("checkbox", { name: new RegExp(`Desert Bloom Cafés.*LinkedIn ${MARK}`) }).check();
  await page.getByText("A post needs a text, a link or a file.").first().waitFor();
  await page.getByLabel("Text", { exact: true }).fill("x".repeat(3001));
  await page.getByText("LinkedIn takes 3,000 characters; there are 3,001.").first().waitFor();
  await page.getByLabel("Text", { exact: true }).fill(TEXT);
  await page.getByText(/of 3,000 characters/).waitFor();
  await page.getByRole("textbox", { name: "Link" }).fill("https://shop.example/marina");
  await page.getByLabel("Title (optional)").fill("Dubai Marina");
  await page.getByLabel("At a time").check();
  await page.getByLabel("Time", { exact: true }).fill("2020-01-01T09:00");
  await page.getByText("That time has passed.").waitFor();
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel("Time", { exact: true }).fill(`${tomorrow}T09:30`);
  await picture("social_composer", { fullPage: true });
  await accessible("the composer");
  await page.getByRole("button", { name: "Schedule" }).click();

  const drawer = page.getByRole("dialog");
  await drawer.getByText("Scheduled for").waitFor();
  await picture("social_post_scheduled");
  await accessible("a scheduled post");
  await page.keyboard.press("Escape");
  const grid = page.getByRole("grid");
  const chosen = grid.locator('[role="gridcell"][aria-selected="true"]');
  expect((await chosen.getAttribute("data-day")) === tomorrow, "the calendar does not show the post's day");
  await page.getByText(TEXT).first().waitFor();
  await picture("social_calendar", { fullPage: true });
  await accessible("the calendar");
  await chosen.focus();
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction((day) => document.activeElement?.getAttribute("data-day") === day, dayBefore(tomorrow));
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((day) => document.activeElement?.getAttribute("data-day") === day, tomorrow);

  await page.getByRole("button").filter({ hasText: TEXT }).last().click();
  await drawer.getByRole("button", { name: "Change" }).click();
  await page.getByLabel("At once").check();
  await page.getByRole("button", { name: "Publish now" }).click();
  await drawer.getByRole("link", { name: "See it on LinkedIn" }).waitFor({ timeout: 60_000 });
  await drawer.getByRole("button", { name: "Write a comment" }).click();
  await drawer.getByLabel("Comment as Desert Bloom Cafés").fill(`Open from 10 to 22. ${MARK}`);
  await drawer.getByRole("button", { name: "Publish", exact: true }).click();
  await drawer.getByText(`Open from 10 to 22. ${MARK}`).waitFor();
  await drawer.getByRole("button", { name: "Count now" }).click();
  await drawer.getByText("Counted", { exact: false }).first().waitFor({ timeout: 60_000 });
  await picture("social_post");
  await accessible("a post");
  await page.keyboard.press("Escape");

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
  await picture("social_engagement", { fullPage: true });
  await accessible("the charts");

  await theme("dark");
  await open("social", "?tab=calendar");
  await page.getByRole("grid").waitFor();
  await picture("social_calendar_dark", { fullPage: true });
  await accessible("the calendar, dark");
  await page.getByRole("button", { name: "العربية" }).click();
  await page.getByRole("heading", { level: 1, name: "التواصل الاجتماعي" }).waitFor();
  await theme("light");
  await picture("social_calendar_arabic", { fullPage: true });
  await accessible("the calendar, Arabic");
  const [first, second] = await page
    .getByRole("columnheader")
    .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().x));
  expect(first > second, "the Arabic week does not begin at the right");
  await page.getByRole("button", { name: "منشور جديد", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "منشور جديد" }).waitFor();
  await picture("social_composer_arabic", { fullPage: true });
  await page.setViewportSize({ width: 390, height: 844 });
  await picture("social_composer_narrow");
  for (const tab of ["calendar", "posts", "comments", "engagement", "accounts"]) {
    await open("social", `?tab=${tab}`);
    await page.getByRole("tab", { selected: true }).waitFor();
    await picture(`social_${tab}_narrow`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow <= 0, `${tab}: the page is ${overflow} px wider than a phone`);
  }
});

function dayBefore(day) {
  return new Date(Date.parse(`${day}T12:00Z`) - 86_400_000).toISOString().slice(0, 10);
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
  await page.waitForURL((url) => !url.href.startsWith(settings.hub));
  await page.getByRole("button", { name: /allow/i }).click();
  await page.waitForURL((url) => url.href.startsWith(settings.hub));
}
