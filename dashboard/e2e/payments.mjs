// Payments: take some, find one, see why it went where it went, refund, capture and cancel, try the routing, make a link
// and disable it; in both languages and themes, by who may only look, and where nothing is yet.
import { atStripe, expect, tell } from "./browser.mjs";

const MARK = Date.now().toString(36);
const GATEWAY = "Stripe sandbox";

await tell(async (page, tools) => {
  const { signIn, open, turn, theme, picture, accessible, asViewer, asNewcomer } = tools;
  await signIn();
  await takePayments(tools);

  await open("payments");
  const list = page.getByRole("table", { name: "Payments" });
  await list
    .getByRole("row")
    .filter({ hasText: `paid-${MARK}` })
    .getByText("Captured")
    .waitFor();
  await picture("payments");
  await accessible("payments");
  await find(page, list);
  await refund(page, list, tools);
  await captureAndCancel(page, tools);
  await gatewaysAndRouting(page, tools);
  await links(page, tools);
  await turn("payments", "?tab=disputes");
  await page.getByRole("table", { name: "Disputes" }).getByText(`disputed-${MARK}`).waitFor();
  await picture("payments_disputes");
  await accessible("disputes");
  const twice = await chargeTwice(tools);
  await payouts(page, tools);
  await reconcile(page, tools, twice);

  await open("payments");
  await list.getByRole("row").nth(1).waitFor();
  await theme("dark");
  await picture("payments_dark");
  await accessible("payments, dark");
  await inArabic(page, tools);
  await theme("light");
  await narrow(page, tools);

  await asViewer(async (theirs, their) => {
    await their.open("payments", `?q=paid-${MARK}`);
    await theirs.getByRole("row").nth(1).click();
    const drawer = theirs.getByRole("dialog");
    await drawer.getByText("take the role “Developer”").waitFor();
    expect((await drawer.getByRole("button", { name: "Refund" }).count()) === 0, "a viewer may refund");
    await their.picture("payments_viewer");
    await their.accessible("a payment, as a viewer");
    await their.open("payments", "?tab=gateways");
    await theirs.getByText(GATEWAY, { exact: true }).first().waitFor();
    expect((await theirs.getByRole("button", { name: /^Change how/ }).count()) === 0, "a viewer may change routing");
    await their.picture("payments_viewer_gateways");
    await their.open("payments", "?tab=links");
    await theirs.getByRole("table", { name: "Payment links" }).waitFor();
    expect(
      (await theirs.getByRole("button", { name: "Make a payment link" }).count()) === 0,
      "a viewer may make links",
    );
  });
  await asNewcomer(async (theirs, their) => {
    for (const [tab, title] of [
      ["payments", "No payments yet"],
      ["gateways", "No gateway is connected"],
      ["links", "No payment links yet"],
      ["disputes", "No disputes"],
      ["payouts", "No payouts yet"],
      ["reconciliation", "Nothing differs"],
    ]) {
      await their.turn("payments", `?tab=${tab}`);
      await theirs.getByText(title).waitFor();
      await their.picture(`payments_empty_${tab}`);
    }
    await their.accessible("payments, empty");
  });
});

/** One of each kind: paid, reserved twice, declined, disputed; and one that the gateway will charge again. */
async function takePayments({ rpc, rows }) {
  const customer = { name: "Fatima Al Mansoori", email: "fatima@example.ae", phone: "+971501234567" };
  const items = [{ name: "Coffee beans, 1 kg", quantity: 2, unit_amount: "62.50", reference: "SKU-7" }];
  const take = (reference, payment_method, more = {}) =>
    rpc("create_payment", {
      amount: "125.00",
      currency: "AED",
      reference: `${reference}-${MARK}`,
      payment_method,
      environment: "sandbox",
      customer,
      ...more,
    });
  const [{ id }] = await rows(`integration_connections?name=eq.${encodeURIComponent(GATEWAY)}&select=id`);
  // Its webhooks tell of the dispute.
  await take("disputed", "pm_card_createDispute", { connection_id: id });
  await take("twice", "pm_card_visa", { connection_id: id });
  await take("declined", "pm_card_chargeDeclinedInsufficientFunds");
  await take("reserved", "pm_card_visa", { capture_method: "manual" });
  await take("given-up", "pm_card_visa", { capture_method: "manual" });
  await take("paid", "pm_card_visa", { items, country: "AE", description: "Two bags of beans" });
}

/** A filter is in the address, what it leaves is what it says, and the keyboard opens a row. */
async function find(page, list) {
  await page.getByLabel("Status").selectOption("captured");
  await page.waitForURL(/status=captured/);
  await list.getByText("Captured").first().waitFor();
  await list.getByText("Failed").first().waitFor({ state: "detached" });
  await page.getByRole("search").getByRole("button", { name: "Clear filters" }).click();
  await page.getByLabel("Reference or gateway's id").fill("certainly-not-there");
  await page.getByText("Nothing fits.").waitFor();
  await page.getByLabel("Reference or gateway's id").fill(`paid-${MARK}`);
  await page.waitForURL(new RegExp(`q=paid-${MARK}`));
  const row = list.getByRole("row").nth(1);
  await list.getByRole("row").nth(2).waitFor({ state: "detached" });
  await row.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByText("Left to refund").waitFor();
}

/** What happened to a payment, and a part of it given back: more than there is cannot be sent. */
async function refund(page, list, { picture, accessible }) {
  const drawer = page.getByRole("dialog");
  await page.waitForURL(/payment=/);
  await drawer.getByText("Fatima Al Mansoori").waitFor();
  await picture("payments_drawer");
  await accessible("a payment");
  await drawer.getByRole("tab", { name: "Timeline" }).click();
  await drawer.getByText("Payment requested").waitFor();
  await picture("payments_timeline");
  await drawer.getByRole("tab", { name: "Ledger" }).click();
  await drawer.getByText("payment.captured").first().waitFor();
  await picture("payments_ledger");
  await accessible("a payment's ledger");
  await drawer.getByRole("tab", { name: "Attempts" }).click();
  await drawer.getByText("Take the payment").waitFor();
  await drawer.getByText(/comes first by priority/).waitFor();
  await picture("payments_attempts");
  await accessible("a payment's attempts");
  await drawer.getByRole("tab", { name: "Overview" }).click();

  await drawer.getByRole("button", { name: "Refund", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Refund the payment" });
  await dialog.getByLabel("Amount to give back").fill("999999.00");
  await dialog.getByText(/That is more than/).waitFor();
  await dialog.getByLabel("Amount to give back").fill("25.00");
  await picture("payments_refund");
  await accessible("the refund");
  await dialog.getByRole("button", { name: "Refund AED 25.00" }).click();
  await dialog.waitFor({ state: "detached" });
  await drawer.getByText("Refunds", { exact: true }).waitFor();
  await drawer.getByText("Succeeded").first().waitFor();
  await drawer.getByText("AED 100.00").first().waitFor();
  await picture("payments_refunded");
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
}

async function captureAndCancel(page, { open, picture, accessible }) {
  const drawer = page.getByRole("dialog");
  const row = page.getByRole("table", { name: "Payments" }).getByRole("row").nth(1);
  await open("payments", `?q=reserved-${MARK}`);
  await row.click();
  await drawer.getByRole("button", { name: "Capture" }).click();
  const capture = page.getByRole("dialog", { name: "Capture the payment" });
  await capture.getByLabel("Amount to take").fill("100.00");
  await capture.getByText("AED 25.00 is not taken.").waitFor();
  await picture("payments_capture");
  await accessible("the capture");
  await capture.getByRole("button", { name: "Capture AED 100.00" }).click();
  await capture.waitFor({ state: "detached" });
  await drawer.getByText("Left to refund").waitFor();

  await open("payments", `?q=given-up-${MARK}`);
  await row.click();
  await drawer.getByRole("button", { name: "Cancel the payment" }).click();
  const cancel = page.getByRole("dialog", { name: "Cancel the payment?" });
  await cancel.getByText("The reserved money is released to the payer.").waitFor();
  await accessible("the cancelling");
  await cancel.getByRole("button", { name: "Cancel the payment" }).click();
  await cancel.waitFor({ state: "detached" });
  await drawer.getByText("Cancelled").first().waitFor();

  await open("payments", `?q=declined-${MARK}`);
  await row.click();
  await drawer.getByText("Not enough money on the account").waitFor();
  await picture("payments_declined");
  await accessible("a declined payment");
}

async function gatewaysAndRouting(page, { open, picture, accessible }) {
  await open("payments", "?tab=gateways");
  await page.getByRole("switch").first().waitFor();
  const figures = page.getByText(/payments? in 30 days/);
  await figures.first().waitFor();
  await picture("payments_gateways");
  await accessible("gateways");
  await page.getByRole("button", { name: `Change how ${GATEWAY} takes part` }).click();
  const terms = page.getByRole("dialog");
  await terms.getByLabel("Weight").waitFor();
  await terms.getByLabel("Per cent").fill("2.9");
  await terms.getByLabel("Fixed amount").fill("1.00");
  await terms.getByLabel("Its currency").fill("AED");
  await picture("payments_terms");
  await accessible("a gateway's terms");
  await terms.getByRole("button", { name: "Save" }).click();
  await terms.waitFor({ state: "detached" });
  await page.getByText("2.9% + AED 1.00").waitFor();
  await page.getByRole("switch", { name: `${GATEWAY} takes payments` }).click();
  const off = page.getByRole("dialog");
  await off.getByText("New payments go elsewhere at once.").waitFor();
  await picture("payments_switch_off");
  await accessible("switching a gateway off");
  await off.getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("tab", { name: "Routing" }).click();
  await page.getByRole("button", { name: "Try it" }).click();
  await page.getByText(/comes first by priority|was drawn by weight|has the lowest fee/).waitFor();
  await picture("payments_routing");
  await accessible("routing");
  await page.getByLabel("Currency").fill("XAF");
  await page.getByRole("button", { name: "Try it" }).click();
  await page
    .getByText("No gateway can take it.")
    .or(page.getByText(/by priority/))
    .first()
    .waitFor();
  await page.getByRole("region", { name: "Sandbox payments" }).getByRole("button", { name: "Change" }).click();
  const policy = page.getByRole("dialog");
  await policy.getByRole("button", { name: "Add an exception" }).click();
  await policy.getByRole("button", { name: "Save" }).click();
  await policy.getByText("A case needs a name.").waitFor();
  await policy.getByLabel("Name").fill("Dirhams");
  await policy.getByLabel("Currencies").fill("AED");
  await policy.getByRole("checkbox", { name: GATEWAY }).check();
  await picture("payments_policy");
  await accessible("the policy's form");
  await policy.getByRole("button", { name: "Save" }).click();
  await policy.waitFor({ state: "detached" });
  await page.getByText(`${GATEWAY} first, then the others.`).waitFor();
  await picture("payments_routing_case");
  await page.getByRole("region", { name: "Sandbox payments" }).getByRole("button", { name: "Change" }).click();
  await policy.getByRole("button", { name: "Remove exception 1" }).click();
  await policy.getByRole("button", { name: "Save" }).click();
  await policy.waitFor({ state: "detached" });
}

async function links(page, { picture, accessible }) {
  await page.getByRole("tab", { name: "Payment links" }).click();
  await page.getByRole("button", { name: "Make a payment link" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByRole("button", { name: "Make a payment link" }).click();
  await form.getByText("This is needed.").waitFor();
  await form.getByLabel("Amount").fill("15.50");
  await form.getByLabel("Reference").fill(`link-${MARK}`);
  await form.getByLabel("Expires").fill("2099-01-01T12:00");
  await picture("payments_link_form");
  await accessible("the link's form");
  await form.getByLabel("Expires").fill("");
  await form.getByRole("button", { name: "Make a payment link" }).click();
  await form.getByText(/\/functions\/v1\/pay\/pl_/).waitFor();
  await picture("payments_link");
  await accessible("the link");
  await form.getByRole("button", { name: "Close" }).first().click();
  const link = page
    .getByRole("table", { name: "Payment links" })
    .getByRole("row")
    .filter({ hasText: `link-${MARK}` });
  await link.getByRole("button", { name: "Disable" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await link.getByText("Disabled").waitFor();
  await picture("payments_links");
  await accessible("payment links");
}

/** One arrives, and the bank sends one back. */
async function payouts(page, { turn, picture, accessible }) {
  const [paid, failed] = await Promise.all(
    ["310000", "45000"].map((amount) => atStripe("/_test/payouts", { amount, currency: "aed" })),
  );
  await turn("payments", "?tab=payouts");
  const row = ({ id }) => page.getByRole("row").filter({ has: page.getByTitle(id) });
  await row(paid).getByText("AED 3,100.00").waitFor();
  await row(paid).getByText("In transit").waitFor();
  await atStripe(`/_test/payouts/${paid.id}/finish`, { outcome: "succeed" });
  await atStripe(`/_test/payouts/${failed.id}/finish`, { outcome: "fail" });
  await row(paid).getByText("Paid", { exact: true }).waitFor();
  await row(failed).getByText("Failed").waitFor();
  await row(failed).getByText("account closed").waitFor();
  await picture("payments_payouts");
  await accessible("payouts");
}

/** The gateway charges a second time for a payment of ours; returns that charge. */
async function chargeTwice({ rows }) {
  const [{ id, status }] = await rows(`payments?reference=eq.twice-${MARK}&select=id,status`);
  expect(status === "captured", `the payment is ${status}`);
  return atStripe("/v1/payment_intents", {
    amount: "12500",
    currency: "aed",
    confirm: "true",
    payment_method: "pm_card_visa",
    return_url: "https://shop.example/back",
    "metadata[wasl_payment_id]": id,
  });
}

/** A comparison finds the second charge, and somebody deals with it. */
async function reconcile(page, { turn, picture, accessible }, twice) {
  await turn("payments", "?tab=reconciliation");
  await page.getByRole("button", { name: "Compare now" }).click();
  const dialog = page.getByRole("dialog", { name: "Compare now" });
  await dialog.getByLabel("Gateway").selectOption({ label: GATEWAY });
  await accessible("the comparison's form");
  await dialog.getByRole("button", { name: "Compare now" }).click();
  await dialog.waitFor({ state: "detached" });
  const difference = page.getByRole("row").filter({ has: page.getByTitle(twice.id) });
  await difference.getByText("Open").waitFor();
  await difference.getByText("A second charge for a payment of ours").waitFor();
  await page.getByText("Finished").first().waitFor();
  await picture("payments_reconciled");
  await accessible("an open difference");
  await difference.getByText("A second charge").click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("tab", { name: "Timeline" }).click();
  await drawer.getByText("Of another charge: changed nothing").first().waitFor();
  await picture("payments_second_charge");
  await accessible("a payment that was charged twice");
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  await difference.getByRole("button", { name: "Dismiss" }).click();
  const dismissal = page.getByRole("dialog");
  await dismissal.getByLabel("What was done about it").fill(`Sent back to the payer ${MARK}`);
  await picture("payments_dismissing");
  await accessible("dismissing a difference");
  await dismissal.getByRole("button", { name: "Dismiss" }).click();
  await dismissal.waitFor({ state: "detached" });
  await difference.getByText(`Sent back to the payer ${MARK}`).waitFor();
  await picture("payments_dismissed");
}

/** The main job again, from right to left. */
async function inArabic(page, { open, picture, accessible }) {
  await page.getByRole("button", { name: "العربية" }).click();
  await page.getByRole("heading", { level: 1, name: "المدفوعات" }).waitFor();
  await picture("payments_arabic_dark");
  await open("payments", `?q=paid-${MARK}`);
  await page.getByRole("table").getByRole("row").nth(1).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("tab").first().waitFor();
  await picture("payments_drawer_arabic_dark");
  await accessible("a payment, Arabic, dark");
  await drawer.getByRole("button", { name: "استرداد", exact: true }).click();
  const dialog = page.getByRole("dialog").last();
  await dialog.getByRole("textbox").first().fill("1.00");
  await picture("payments_refund_arabic_dark");
  await dialog.getByRole("button").filter({ hasText: "1.00" }).click();
  await drawer.getByText("99.00").first().waitFor();
  await page.keyboard.press("Escape");
}

async function narrow(page, { open, picture, accessible }) {
  await page.setViewportSize({ width: 390, height: 844 });
  await open("payments", `?q=paid-${MARK}`);
  await page.getByRole("table").getByRole("row").nth(1).click();
  await page.getByRole("dialog").getByRole("tab").first().waitFor();
  await picture("payments_narrow_drawer");
  await accessible("a payment, narrow");
  await page.keyboard.press("Escape");
}
