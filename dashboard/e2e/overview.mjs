// The overview: look, connect a sandbox provider, turn to Arabic and to the dark, narrow; nothing shuts anybody out.
import { expect, settings, tell } from "./browser.mjs";

const NAME = `Stripe ${Date.now().toString(36)}`;

await tell(async (page, { signIn, theme, picture, accessible, asViewer, asNewcomer }) => {
  await page.goto(settings.hub);
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  await picture("sign_in");
  await accessible("sign in");
  await signIn();
  const connections = page.getByRole("region", { name: "Connections", exact: true });
  await connections.getByText("Stripe sandbox").waitFor();
  await page.getByText("Today:").first().waitFor();
  const bars = page.getByRole("list", { name: "Uptime of Stripe sandbox over the last 30 days" });
  expect((await bars.getByRole("listitem").count()) === 30, "there are not thirty days");
  await picture("overview");
  await accessible("overview");

  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").fill("connect");
  await page.getByRole("option", { name: "Connect a provider" }).waitFor();
  await picture("palette");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /^Stripe/ }).waitFor();
  await picture("connect_choose");
  await accessible("the catalog");
  await dialog.getByRole("button", { name: /^Stripe/ }).click();
  await dialog.getByLabel("Name", { exact: true }).fill(NAME);
  await dialog.getByRole("button", { name: "Connect and test" }).click();
  await dialog.getByText("This is needed.").waitFor();
  await dialog.getByLabel("Secret key").fill("sk_test_of_the_dashboards_test");
  await picture("connect_form");
  await accessible("the connect form");
  await dialog.getByRole("button", { name: "Connect and test" }).click();
  await dialog.getByText(`${NAME} is connected`).waitFor();
  await picture("connect_done");
  await dialog.getByRole("button", { name: "Done" }).click();
  await connections.getByRole("link", { name: NAME }).waitFor();
  expect((await page.locator("body").innerText()).includes("sk_test_") === false, "the secret is still on the page");

  await theme("dark");
  await picture("overview_dark", { fullPage: true });
  await accessible("overview, dark");
  await page.getByRole("button", { name: "العربية" }).click();
  await page.getByRole("heading", { level: 1, name: "نظرة عامة" }).waitFor();
  expect((await page.evaluate(() => document.documentElement.dir)) === "rtl", "Arabic is not right to left");
  await picture("overview_arabic_dark", { fullPage: true });
  await theme("light");
  await picture("overview_arabic");
  await accessible("overview, Arabic");
  await page.getByRole("main").getByRole("button", { name: "ربط مزوّد خدمة" }).click();
  await dialog.getByRole("button", { name: /^Stripe/ }).click();
  await dialog.getByLabel("الاسم", { exact: true }).fill(`${NAME} ar`);
  await dialog.getByLabel("Secret key").fill("sk_test_of_the_dashboards_arabic_test");
  await dialog.getByRole("button", { name: "ربط واختبار" }).click();
  await dialog.getByText(`تم ربط ${NAME} ar`).waitFor();
  await dialog.getByRole("button", { name: "تم", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await page.setViewportSize({ width: 390, height: 844 });
  await picture("overview_narrow");
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow <= 0, `the page is ${overflow} px wider than a phone`);
  await page.getByRole("button", { name: "الصفحات" }).click();
  await page.getByRole("dialog").getByRole("link", { name: "المدفوعات" }).click();
  await page.getByRole("heading", { level: 1, name: "المدفوعات" }).waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });

  await asViewer(async (theirs, their) => {
    await theirs.getByRole("region", { name: "Connections", exact: true }).getByText("Stripe sandbox").waitFor();
    expect((await theirs.getByRole("button", { name: "Connect a provider" }).count()) === 0, "a viewer may connect");
    await their.picture("overview_viewer");
  });
  await asNewcomer(async (theirs, their) => {
    await theirs.getByRole("heading", { level: 1 }).waitFor();
    await their.picture("overview_empty");
    await their.accessible("overview, empty");
  });
});
