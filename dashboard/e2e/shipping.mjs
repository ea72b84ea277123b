// Shipping: prices at home and abroad are compared, a label is bought, looked at, followed, halted, sent back and cancelled;
// drivers and handover lists; in both languages and themes, by who may only look, and where nothing is yet.
import { expect, tell } from "./browser.mjs";

const MARK = Date.now().toString(36);
const REFERENCE = `shipping-${MARK}`;

await tell(async (page, tools) => {
  const { signIn, open, theme, picture, accessible, asViewer, asNewcomer } = tools;
  page.setDefaultTimeout(60_000);
  await signIn();
  await open("shipping");
  await page.getByRole("heading", { level: 1, name: "Shipping" }).waitFor();
  await page.getByRole("table", { name: "Shipments" }).waitFor();
  await picture("shipping_list");
  await accessible("the list of shipments");

  await comparePrices(page, tools);
  await buyLabel(page, tools);
  await follow(page, tools);
  await otherLabels(page, tools);
  await find(page);
  await halted(page, tools);
  await handOver(page, tools);
  await sendBack(page, tools);
  await setUp(page, tools);

  await theme("dark");
  await open("shipping", `?q=${REFERENCE}`);
  await page.getByRole("row").nth(1).waitFor();
  await picture("shipping_list_dark");
  await accessible("the list of shipments, dark");
  await inArabic(page, tools);
  await theme("light");

  await asViewer(async (theirs, their) => {
    await their.open("shipping", `?q=${REFERENCE}`);
    await theirs.getByRole("row").nth(1).click();
    const drawer = theirs.getByRole("dialog");
    await drawer.getByText("It takes the role “Developer” or one above it to change anything.").waitFor();
    expect((await drawer.getByRole("button", { name: "Record an event" }).count()) === 0, "a viewer may record");
    await drawer.getByRole("button", { name: "Show" }).first().click();
    await drawer.getByRole("link", { name: "Download" }).waitFor();
    await their.picture("shipping_viewer");
    await their.accessible("a shipment, as a viewer");
    expect((await theirs.getByRole("button", { name: "New shipment" }).count()) === 0, "a viewer may ship");
    await their.open("shipping", "?tab=rates");
    await theirs.getByText("It takes the role “Developer”").waitFor();
    await their.picture("shipping_viewer_rates");
    await their.open("shipping", "?tab=carriers");
    await theirs.getByRole("button", { name: "See settings" }).first().waitFor();
  });
  await asNewcomer(async (theirs, their) => {
    for (const [tab, title] of [
      ["shipments", "No shipments yet"],
      ["rates", "No carrier is connected"],
      ["exceptions", "Nothing is stuck"],
      ["handover", "Nothing waits"],
      ["locations", "No sender address yet"],
    ]) {
      await their.turn("shipping", `?tab=${tab}`);
      await theirs.getByText(title).waitFor();
      await their.picture(`shipping_empty_${tab}`);
    }
    await their.accessible("shipping, empty");
  });
});

/** At home, then abroad, where customs want to know what it is. */
async function comparePrices(page, { picture, accessible }) {
  await page.getByRole("tab", { name: "Compare prices" }).click();
  const form = page.getByRole("form", { name: "What is sent" });
  await form.getByRole("button", { name: "Compare prices" }).click();
  await form.getByText("This is needed.").first().waitFor();
  await picture("shipping_rates_missing");
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
}

async function buyLabel(page, { picture, accessible }) {
  await page.getByRole("button", { name: "Buy this label" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Buy this label" }).click();
  await dialog.getByText("This is needed.").first().waitFor();
  await dialog.getByLabel("Your reference").fill(REFERENCE);
  await dialog.getByLabel("Name").fill("Omar Ali");
  await dialog.getByLabel("Phone").fill("+971501110002");
  await dialog.getByLabel("Street and building").fill("Villa 12");
  await picture("shipping_buy");
  await accessible("the purchase");
  await dialog.getByRole("button", { name: "Buy this label" }).click();
  await page.getByRole("dialog").getByText(REFERENCE).first().waitFor();
}

/** The label is shown, and what own riders saw is written down. */
async function follow(page, { picture, accessible }) {
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Show" }).first().click();
  await drawer.getByRole("link", { name: "Download" }).waitFor();
  await drawer.locator("iframe").waitFor();
  await picture("shipping_detail");
  await accessible("the details");
  await drawer.getByRole("button", { name: "Ask the carrier now" }).click();
  await page.getByText("The carrier is being asked").first().waitFor();
  await drawer.getByRole("button", { name: "Record an event" }).click();
  await page.getByRole("dialog", { name: "Record an event" }).waitFor();
  await picture("shipping_event");
  await accessible("the event's form");
  await page.getByRole("button", { name: "Record", exact: true }).click();
  await drawer.getByText("recorded by your side").first().waitFor();
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
}

/** A picture is shown and can be printed; what a label printer is sent can be read and kept. */
async function otherLabels(page, { open, rpc, rows, organization, picture, accessible }) {
  const [fedex] = await rows("integration_connections?provider_key=eq.fedex&status=eq.active&select=id&limit=1");
  const organizationId = await organization();
  for (const format of ["png", "zpl"]) {
    const reference = `${format}-${MARK}`;
    await rpc("create_shipment", {
      organization_id: organizationId,
      connection_id: fedex.id,
      reference,
      label_format: format,
      recipient: {
        name: "Omar Ali",
        phone: "+971501110002",
        line1: "Villa 12, Khalifa City",
        city: "Abu Dhabi",
        country: "AE",
      },
      parcels: [{ weight_kg: "1.2", length_cm: 30, width_cm: 20, height_cm: 10 }],
      description: "Silicone phone cases",
    });
    await open("shipping", `?q=${reference}`);
    await page.getByRole("row").nth(1).click();
    const drawer = page.getByRole("dialog");
    await drawer.getByRole("button", { name: "Show" }).first().click();
    await drawer.getByRole("link", { name: "Download" }).waitFor();
    if (format === "png") {
      const image = drawer.getByRole("img", { name: "Label" });
      await image.waitFor();
      expect(await image.evaluate(async (shown) => (await shown.decode(), shown.naturalWidth > 100)), "no picture");
      // The printer gets a page of its own with the picture alone.
      const alone = page.frames().find((frame) => frame.url() === "about:srcdoc");
      await alone.evaluate(() => (globalThis.print = () => (globalThis.printed = document.images[0].naturalWidth)));
      await drawer.getByRole("button", { name: "Print" }).click();
      expect((await alone.evaluate(() => globalThis.printed)) > 100, "no picture is printed");
    } else {
      await drawer.getByRole("region", { name: "Label" }).getByText("^XA").waitFor();
      expect((await drawer.getByRole("button", { name: "Print" }).count()) === 0, "ZPL is sent to an office printer");
    }
    await picture(`shipping_label_${format}`);
    await accessible(`a label as ${format}`);
    await page.keyboard.press("Escape");
  }
}

/** A number is found, and the address holds what is looked for. */
async function find(page) {
  await page.getByLabel("Reference or tracking number").fill(REFERENCE);
  await page.keyboard.press("Enter");
  await page.getByRole("row").nth(2).waitFor({ state: "detached" });
  const row = page.getByRole("row").filter({ hasText: REFERENCE });
  await row.waitFor();
  expect(page.url().includes(`q=${REFERENCE}`), "the filter is not in the address");
  const number = await row.locator("code").innerText();
  await page.getByLabel("Reference or tracking number").fill(number);
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(number));
  await row.waitFor();
  await page.getByLabel("Reference or tracking number").fill(`"none", of (them) 100%`);
  await page.keyboard.press("Enter");
  await page.getByText("Nothing fits.").waitFor();
}

/** A parcel in exception stands out wherever it is seen. */
async function halted(page, { open, picture, accessible }) {
  await open("shipping", `?q=${REFERENCE}`);
  await page.getByRole("row").nth(1).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Record an event" }).click();
  const dialog = page.getByRole("dialog", { name: "Record an event" });
  await dialog.getByLabel("What happened").selectOption("exception");
  await dialog.getByLabel("In detail").selectOption("address_problem");
  await dialog.getByRole("button", { name: "Record", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await drawer.getByText("Something is in its way").first().waitFor();
  await picture("shipping_halted");
  await accessible("a halted parcel");
  await open("shipping", "?tab=exceptions");
  await page.getByRole("table", { name: "Exceptions" }).getByText(REFERENCE).waitFor();
  await picture("shipping_exceptions");
  await accessible("exceptions");
}

/** What waits: its labels in one file, a driver who is sent for, and the list that is signed. */
async function handOver(page, { open, picture, accessible }) {
  const dialog = page.getByRole("dialog");
  await another(page, { open }, `waiting-${MARK}`);
  await page.keyboard.press("Escape");
  await open("shipping", "?tab=pickups");
  await page.getByRole("button", { name: "Send for a driver" }).click();
  await dialog.getByLabel("Carrier").selectOption({ label: "FedEx sandbox" });
  await dialog.getByRole("checkbox", { name: `waiting-${MARK}` }).waitFor();
  await picture("shipping_pickup_form");
  await accessible("the pickup's form");
  await dialog.getByRole("button", { name: "Send for a driver" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("table", { name: "Pickups" }).getByText("Scheduled").first().waitFor();
  await picture("shipping_pickups");
  await accessible("pickups");
  await open("shipping", "?tab=handover");
  await page
    .getByRole("button", { name: /^Print \d+ labels?$/ })
    .first()
    .click();
  await dialog.getByRole("link", { name: "Download" }).waitFor();
  await picture("shipping_labels");
  await accessible("the labels");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Make the list" }).first().click();
  await dialog.getByRole("button", { name: "Make the list" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Show the list" }).first().click();
  await page.getByText("Handover list", { exact: true }).first().waitFor();
  await picture("shipping_handover");
  await accessible("handover");
}

/** Buy one more label of the first carrier for the quote that was made. */
async function another(page, { open }, reference) {
  await open("shipping", "?tab=rates");
  const form = page.getByRole("form", { name: "What is sent" });
  await form.getByLabel("City").fill("Sharjah");
  await form.getByLabel("Weight, kg").fill("2");
  await form.getByRole("button", { name: "Compare prices" }).click();
  await page
    .getByRole("listitem")
    .filter({ hasText: "FedEx" })
    .getByRole("button", { name: "Buy this label" })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your reference").fill(reference);
  await dialog.getByLabel("Name").fill("Mona Said");
  await dialog.getByLabel("Phone").fill("+971501110003");
  await dialog.getByLabel("Street and building").fill("Al Majaz 3");
  await dialog.getByRole("button", { name: "Buy this label" }).click();
  await page.getByRole("dialog").getByText(reference).first().waitFor();
}

/** The goods come back; a label that nobody needs is given up. */
async function sendBack(page, { open, picture, accessible }) {
  await open("shipping", `?q=${REFERENCE}`);
  await page.getByRole("row").nth(1).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Return", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Return the goods" });
  await dialog.getByLabel("Reason").fill("Wrong size");
  await accessible("the return's form");
  await dialog.getByRole("button", { name: "Buy the return label" }).click();
  await dialog.waitFor({ state: "detached" });
  await drawer
    .getByRole("button", { name: "The outward shipment" })

    .first()
    .waitFor();
  await picture("shipping_return");
  await drawer.getByRole("button", { name: "Cancel the shipment" }).click();
  const confirm = page.getByRole("dialog", { name: "Cancel this shipment?" });
  await confirm.getByRole("button", { name: "Cancel the shipment" }).click();
  await confirm.waitFor({ state: "detached" });
  await drawer.getByText("Cancelled").first().waitFor();
  await picture("shipping_cancelled");
}

/** Carriers with their figures and settings, and where is shipped from. */
async function setUp(page, { open, picture, accessible }) {
  await open("shipping", "?tab=carriers");
  await page.getByText("Its shipments").first().waitFor();
  await picture("shipping_carriers");
  await accessible("carriers");
  await page.getByRole("button", { name: "Settings" }).first().click();
  const settings = page.getByRole("dialog");
  await settings.getByLabel("Order", { exact: true }).waitFor();
  await settings.getByLabel("Silent for too long after, hours").fill("soon");
  await settings.getByRole("button", { name: "Save" }).click();
  await settings.getByRole("alert").first().waitFor();
  await picture("shipping_carrier_settings");
  await accessible("a carrier's settings");
  await settings.getByLabel("Silent for too long after, hours").fill("48");
  await settings.getByRole("button", { name: "Save" }).click();
  await settings.waitFor({ state: "detached" });
  await open("shipping", "?tab=locations");
  await page.getByText("Default", { exact: true }).waitFor();
  await picture("shipping_locations");
  await accessible("locations");
}

/** The main job again, from right to left. */
async function inArabic(page, { open, picture, accessible }) {
  await page.getByRole("button", { name: "العربية" }).click();
  await page.getByRole("heading", { level: 1, name: "الشحن" }).waitFor();
  await page.getByRole("row").filter({ hasText: REFERENCE }).first().click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("المستلِم").first().waitFor();
  await picture("shipping_detail_arabic_dark");
  await accessible("the details, Arabic, dark");
  await page.keyboard.press("Escape");
  await open("shipping", "?tab=rates");
  const form = page.getByRole("form", { name: "ما يُرسل" });
  await form.getByLabel("المدينة").fill("Ajman");
  await form.getByLabel("الوزن، كغ").fill("3");
  await form.getByRole("button", { name: "مقارنة الأسعار" }).click();
  await page.getByRole("button", { name: "شراء هذا الملصق" }).first().waitFor();
  await picture("shipping_rates_arabic_dark");
  await accessible("the prices, Arabic, dark");
  await page.getByRole("button", { name: "شراء هذا الملصق" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").first().fill(`arabic-${MARK}`);
  await dialog.getByLabel("الاسم").fill("سارة خان");
  await dialog.getByLabel("الهاتف").fill("+971501110004");
  await dialog.getByLabel("الشارع والمبنى").fill("شارع الشيخ خليفة 7");
  await dialog.getByRole("button", { name: "شراء هذا الملصق" }).click();
  await dialog.getByText("must be written in Latin letters").waitFor();
  await picture("shipping_buy_arabic_dark");
  await accessible("what a carrier refuses, Arabic, dark");
  await dialog.getByLabel("الاسم").fill("Sara Khan");
  await dialog.getByLabel("الشارع والمبنى").fill("Sheikh Khalifa St 7");
  await dialog.getByRole("button", { name: "شراء هذا الملصق" }).click();
  await page.getByRole("dialog").getByText(`arabic-${MARK}`).first().waitFor();
  await page.keyboard.press("Escape");
}
