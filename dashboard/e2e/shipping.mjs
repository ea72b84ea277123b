// Shipping: prices at home and abroad are compared, a label is bought, looked at and cancelled; the other tabs open.
import { expect, tell } from "./browser.mjs";

const REFERENCE = `shipping-${Date.now().toString(36)}`;

await tell(async (page, { signIn, open, theme, picture, accessible }) => {
  page.setDefaultTimeout(60_000);
  await signIn();
  await open("shipping");
  await page.getByRole("heading", { level: 1, name: "Shipping" }).waitFor();
  await page.getByRole("table", { name: "Shipments" }).waitFor();
  await picture("shipping_list");
  await accessible("the list of shipments");

  await page.getByRole("tab", { name: "Compare prices" }).click();
  const form = page.getByRole("form", { name: "What is sent" });
  await form.getByRole("button", { name: "Compare prices" }).click();
  await form.getByText("This is needed.").first().waitFor();
  await form.getByLabel("City").fill("Abu Dhabi");
  await form.getByLabel("Weight, kg").fill("1.2");
  for (const [name, centimetres] of [
    ["Length, cm", "30"],
    ["Width, cm", "20"],
    ["Height, cm", "10"],
  ])
    await form.getByLabel(name).fill(centimetres);
  await form.getByRole("button", { name: "Compare prices" }).click();
  await page.getByRole("button", { name: "Buy this label" }).first().waitFor();
  await picture("shipping_rates");
  await accessible("the prices");

  await form.getByLabel("Country").selectOption("GB");
  await form.getByLabel("City").fill("London");
  await form.getByLabel("Postal code").fill("EC4R 1BE");
  await form.getByLabel("What it is, in English").fill("Silicone phone cases");
  await form.getByLabel("Value of one (AED)").fill("80");
  await form.getByLabel("Weight of one, kg").fill("0.4");
  await form.getByRole("button", { name: "Compare prices" }).click();
  await page.getByRole("heading", { name: /to London/ }).waitFor();
  await picture("shipping_rates_abroad", { fullPage: true });
  await accessible("the prices abroad");

  await form.getByLabel("Country").selectOption("AE");
  await form.getByLabel("City").fill("Abu Dhabi");
  await form.getByRole("button", { name: "Compare prices" }).click();
  await page.getByRole("heading", { name: /to Abu Dhabi/ }).waitFor();
  await page.getByRole("button", { name: "Buy this label" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your reference").fill(REFERENCE);
  await dialog.getByLabel("Name").fill("Omar Ali");
  await dialog.getByLabel("Phone").fill("+971501110002");
  await dialog.getByLabel("Street and building").fill("Villa 12");
  await picture("shipping_buy");
  await accessible("the purchase");
  await dialog.getByRole("button", { name: "Buy this label" }).click();
  await page.getByRole("dialog").getByText(REFERENCE).first().waitFor();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Show" }).first().click();
  await drawer.getByRole("link", { name: "Download" }).waitFor();
  await picture("shipping_detail");
  await accessible("the details");
  await drawer.getByRole("button", { name: "Record an event" }).click();
  await page.getByRole("button", { name: "Record", exact: true }).click();
  await drawer.getByText("recorded by your side").first().waitFor();
  await page.keyboard.press("Escape");

  await page.getByLabel("Reference or tracking number").fill(REFERENCE);
  await page.keyboard.press("Enter");
  await page.getByRole("row").filter({ hasText: REFERENCE }).waitFor();
  expect(page.url().includes(`q=${REFERENCE}`), "the filter is not in the address");
  expect((await page.getByRole("row").count()) === 2, "more than the one shipment is found");

  for (const [tab, what] of [
    ["carriers", page.getByText("Its shipments").first()],
    ["pickups", page.getByText(/sent for/).first()],
    ["handover", page.getByRole("heading", { name: "Handover lists" })],
    ["locations", page.getByText("Default", { exact: true })],
    ["exceptions", page.getByText(/Parcels that something/)],
  ]) {
    await open("shipping", `?tab=${tab}`);
    await what.waitFor();
    await picture(`shipping_${tab}`);
    await accessible(`the tab ${tab}`);
  }
  await open("shipping", "?tab=carriers");
  await page.getByRole("button", { name: "Settings" }).first().click();
  await page.getByRole("dialog").getByLabel("Order", { exact: true }).waitFor();
  await picture("shipping_carrier_settings");
  await accessible("a carrier's settings");
  await page.keyboard.press("Escape");

  await theme("dark");
  await page.getByRole("button", { name: "العربية" }).click();
  await page.getByRole("heading", { level: 1, name: "الشحن" }).waitFor();
  await page.getByRole("tab", { name: "الشحنات" }).click();
  await page.getByRole("row").nth(1).click();
  await page.getByRole("dialog").getByText("المستلِم").first().waitFor();
  await picture("shipping_detail_arabic_dark");
  await accessible("the details, Arabic, dark");
  await page.keyboard.press("Escape");
  await theme("light");
  await page.setViewportSize({ width: 390, height: 844 });
  await picture("shipping_arabic_narrow");
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow <= 0, `the page is ${overflow} px wider than a phone`);
  await page.getByRole("tab", { name: "مقارنة الأسعار" }).click();
  await picture("shipping_rates_arabic_narrow");
});
