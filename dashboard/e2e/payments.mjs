// Payments: find one, see why it went where it went, refund a part, try the routing, make a link and disable it.
import { expect, tell } from "./browser.mjs";

const REFERENCE = `payments-${Date.now().toString(36)}`;

await tell(async (page, { signIn, open, theme, picture, accessible }) => {
  await signIn();
  await open("payments");
  const list = page.getByRole("table", { name: "Payments" });
  await list.getByRole("row").nth(1).waitFor();
  await picture("payments");
  await accessible("payments");

  // A filter is in the address, and what it leaves is what it says.
  await page.getByLabel("Status").selectOption("captured");
  await page.waitForURL(/status=captured/);
  await list.getByText("Captured").first().waitFor();
  expect((await list.getByText("Failed").count()) === 0, "a failed payment among the captured ones");
  await list.getByRole("row").nth(1).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("Left to refund").waitFor();
  await page.waitForURL(/payment=/);
  await picture("payments_drawer");
  await accessible("a payment");
  await drawer.getByRole("tab", { name: "Timeline" }).click();
  await drawer.getByText("Payment requested").waitFor();
  await picture("payments_timeline");
  await drawer.getByRole("tab", { name: "Ledger" }).click();
  await drawer.getByText("payment.captured").first().waitFor();
  await drawer.getByRole("tab", { name: "Attempts" }).click();
  await drawer.getByText("Take the payment").waitFor();
  await picture("payments_attempts");
  await accessible("a payment's attempts");
  await drawer.getByRole("tab", { name: "Overview" }).click();

  // Refund a part: more than there is cannot be sent; the drawer shows what came of it.
  await drawer.getByRole("button", { name: "Refund", exact: true }).click();
  const refund = page.getByRole("dialog", { name: "Refund the payment" });
  await refund.getByLabel("Amount to give back").fill("999999.00");
  await refund.getByText(/That is more than/).waitFor();
  await refund.getByLabel("Amount to give back").fill("1.00");
  await picture("payments_refund");
  await accessible("the refund");
  await refund.getByRole("button", { name: "Refund AED 1.00" }).click();
  await refund.waitFor({ state: "detached" });
  await drawer.getByText("Refunds", { exact: true }).waitFor();
  await drawer.getByText("Succeeded").first().waitFor();
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });

  await page.getByRole("search").getByRole("button", { name: "Clear filters" }).click();
  await page.getByLabel("Reference or gateway's id").fill("certainly-not-there");
  await page.getByText("Nothing fits.").waitFor();
  await page.getByRole("search").getByRole("button", { name: "Clear filters" }).click();

  await page.getByRole("tab", { name: "Gateways" }).click();
  await page.getByRole("switch").first().waitFor();
  await page
    .getByText(/payments? in 30 days/)
    .first()
    .waitFor();
  await picture("payments_gateways");
  await accessible("gateways");
  await page
    .getByRole("button", { name: /^Change how/ })
    .first()
    .click();
  await page.getByRole("dialog").getByLabel("Weight").waitFor();
  await accessible("a gateway's terms");
  await page.keyboard.press("Escape");

  await page.getByRole("tab", { name: "Routing" }).click();
  await page.getByRole("button", { name: "Try it" }).click();
  await page.getByText(/comes first by priority|was drawn by weight|has the lowest fee/).waitFor();
  await picture("payments_routing");
  await accessible("routing");
  await page.getByRole("button", { name: "Change" }).last().click();
  await page.getByRole("dialog").getByRole("button", { name: "Add an exception" }).click();
  await picture("payments_policy");
  await accessible("the policy's form");
  await page.keyboard.press("Escape");

  await page.getByRole("tab", { name: "Payment links" }).click();
  await page.getByRole("button", { name: "Make a payment link" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByRole("button", { name: "Make a payment link" }).click();
  await form.getByText("This is needed.").waitFor();
  await form.getByLabel("Amount").fill("15.50");
  await form.getByLabel("Reference").fill(REFERENCE);
  await accessible("the link's form");
  await form.getByRole("button", { name: "Make a payment link" }).click();
  await form.getByText(/\/functions\/v1\/pay\/pl_/).waitFor();
  await picture("payments_link");
  await form.getByRole("button", { name: "Close" }).first().click();
  const link = page.getByRole("table", { name: "Payment links" }).getByRole("row").filter({ hasText: REFERENCE });
  await link.getByRole("button", { name: "Disable" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await link.getByText("Disabled").waitFor();
  await picture("payments_links");

  for (const [tab, name] of [
    ["disputes", "Disputes"],
    ["payouts", "Payouts"],
    ["reconciliation", "Reconciliation"],
  ]) {
    await page.getByRole("tab", { name }).click();
    await page.waitForURL(new RegExp(`tab=${tab}`));
    await page.getByLabel("Status").waitFor();
    await accessible(name);
  }
  await picture("payments_reconciliation");

  await open("payments");
  await list.getByRole("row").nth(1).waitFor();
  await theme("dark");
  await picture("payments_dark");
  await accessible("payments, dark");
  await page.getByRole("button", { name: "العربية" }).click();
  await page.getByRole("heading", { level: 1, name: "المدفوعات" }).waitFor();
  await page.getByRole("table").getByRole("row").nth(1).click();
  await page.getByRole("dialog").getByRole("tab").first().waitFor();
  await picture("payments_arabic_dark");
  await theme("light");
  await accessible("a payment, Arabic");
  await page.setViewportSize({ width: 390, height: 844 });
  await picture("payments_narrow_drawer");
  await page.keyboard.press("Escape");
  await picture("payments_narrow");
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow <= 0, `the page is ${overflow} px wider than a phone`);
});
