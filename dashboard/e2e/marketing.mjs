// Marketing: a form, a lead by it and one by hand, a consent withdrawn, a rule written, tried and read; a lead deleted.
import { expect, tell } from "./browser.mjs";

const RUN = Date.now().toString(36);
const EMAIL = `marketing-${RUN}@example.ae`;
const RULE = `Marketing ${RUN}`;

await tell(async (page, { signIn, open, theme, picture, accessible, asViewer, asNewcomer }) => {
  page.context().setDefaultTimeout(60_000);
  await signIn();
  await open("marketing");
  const dialog = page.getByRole("dialog").last();
  const close = () => page.getByRole("dialog").last().getByRole("button", { name: "Close" }).click();
  await page.getByRole("tab", { name: "Tools" }).waitFor();
  await page.getByText("Leads go to the tool").first().waitFor();
  await picture("marketing_tools", { fullPage: true });
  await accessible("the tools");

  await page.getByRole("tab", { name: "Lead forms" }).click();
  await page.getByRole("button", { name: "Create a form" }).click();
  await dialog.getByLabel("Name", { exact: true }).fill(RULE);
  await dialog.getByLabel("Text beside the box").fill("I agree to receive the newsletter.");
  await picture("marketing_form_dialog");
  await accessible("the form's dialog");
  await dialog.getByRole("button", { name: "Save" }).click();
  const address = await dialog.getByRole("region", { name: "Address" }).innerText();
  expect(address.includes("/functions/v1/forms/"), `the form's address is ${address}`);
  await picture("marketing_form");
  await accessible("a form");
  await close();

  await page.getByRole("tab", { name: "Leads", exact: true }).click();
  await page.getByRole("button", { name: "Add a lead" }).click();
  await dialog.getByLabel(/^E-mail/).fill(EMAIL);
  await dialog.getByLabel(/^First name/).fill("Fatima");
  await dialog.getByLabel(/^Tags/).fill("marketing, vip");
  await dialog.getByLabel("They agreed, and you can prove it").check();
  await picture("marketing_lead_dialog");
  await accessible("the lead's dialog");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("Marketing by e-mail").waitFor();
  await dialog.getByRole("button", { name: "Withdraw" }).click();
  await page.getByRole("dialog", { name: "Withdraw a consent" }).getByRole("button", { name: "Record" }).click();
  await dialog.getByText("Withdrawn").waitFor();
  await picture("marketing_lead");
  await accessible("a lead");
  await close();
  await page.getByLabel("Whole e-mail address or phone").fill(EMAIL.toUpperCase());
  await page.getByRole("button", { name: "Look up" }).click();
  await page.getByText("1 lead has this address").waitFor();
  expect(!page.url().includes("example"), "the address of a person is in the page's address");
  await close();
  await picture("marketing_leads");
  await accessible("the leads");

  await page.getByRole("tab", { name: "Automations" }).click();
  // Where there is none yet, the empty list offers it too.
  await page.getByRole("button", { name: "Create an automation" }).first().click();
  await dialog.getByLabel("Name", { exact: true }).first().fill(RULE);
  await dialog.getByLabel("Tool", { exact: true }).selectOption({ index: 1 });
  await dialog.getByLabel("Tags to add").fill("newsletter");
  await dialog.getByRole("button", { name: "Add a condition" }).click();
  await dialog.getByLabel("Part of the event").fill("data.source");
  await dialog.getByLabel("Value", { exact: true }).fill("dashboard");
  await dialog.getByLabel("How long after the event").fill("2");
  await picture("marketing_automation_dialog");
  await accessible("the automation's dialog");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("When a lead comes in").waitFor();
  await dialog.getByRole("button", { name: "Try it" }).click();
  await dialog.getByText(/^It would/).waitFor();
  await dialog.getByRole("button", { name: "Enable", exact: true }).click();
  await dialog.getByRole("button", { name: "Disable", exact: true }).waitFor();
  await picture("marketing_automation");
  await accessible("an automation");
  await close();
  const card = page.getByRole("listitem").filter({ hasText: RULE });
  await card.getByText(/When a lead comes in.*the source is.*after 2 hours/).waitFor();
  await picture("marketing_automations");

  for (const tab of ["Campaigns", "Audiences", "Deals"]) {
    await page.getByRole("tab", { name: tab }).click();
    await page.getByRole("tabpanel", { name: tab }).locator("table, p").first().waitFor();
    await picture(`marketing_${tab.toLowerCase()}`);
    await accessible(tab);
  }

  await theme("dark");
  await page.getByRole("button", { name: "العربية" }).click();
  await page.getByRole("tab", { name: "الأتمتة" }).click();
  await page.getByText("عند وصول عميل محتمل").first().waitFor();
  await picture("marketing_automations_arabic_dark");
  await accessible("the automations, Arabic, dark");
  await theme("light");
  await page.getByRole("tab", { name: "العملاء المحتملون" }).click();
  await page.getByRole("row").filter({ hasText: EMAIL }).click();
  await page.getByRole("heading", { name: "الموافقات" }).waitFor();
  await picture("marketing_lead_arabic");
  await accessible("a lead, Arabic");
  await page.setViewportSize({ width: 390, height: 844 });
  await picture("marketing_lead_narrow");
  await dialog.getByRole("button", { name: "حذف" }).click();
  const asked = page.getByRole("dialog", { name: "حذف Fatima؟" });
  await picture("marketing_delete_narrow");
  await asked.getByRole("textbox").fill(EMAIL);
  await asked.getByRole("button", { name: "حذف هذا الشخص" }).click();
  await page.getByRole("dialog").getByText("محذوف").first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "الأدوات" }).click();
  await picture("marketing_tools_narrow");
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow <= 0, `the page is ${overflow} px wider than a phone`);
  await page.setViewportSize({ width: 1360, height: 900 });
  await page.getByRole("button", { name: "English" }).click();

  await asViewer(async (theirs, their) => {
    await their.open("marketing", "?tab=automations");
    await theirs.getByText("When a lead comes in").first().waitFor();
    expect((await theirs.getByRole("button", { name: "Create an automation" }).count()) === 0, "a viewer may automate");
    await their.picture("marketing_viewer");
    await their.accessible("automations, a viewer");
  });
  await asNewcomer(async (theirs, their) => {
    for (const tab of ["tools", "leads", "forms", "automations", "campaigns", "audiences", "deals"]) {
      await their.turn("marketing", `?tab=${tab}`);
      await their.picture(`marketing_empty_${tab}`);
      await their.accessible(`${tab}, empty`);
    }
  });
});
