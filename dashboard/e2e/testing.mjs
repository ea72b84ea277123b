// Testing: a payment whose first answer is lost is charged once; credentials in words; webhooks seen live; runs compared.
import { expect, tell } from "./browser.mjs";

await tell(async (page, { signIn, open, theme, picture, accessible, asViewer, asNewcomer }) => {
  await signIn();
  await open("testing");
  const form = page.getByRole("region", { name: "Operation", exact: true });
  await page.getByLabel("Connection", { exact: true }).selectOption({ label: "Stripe sandbox" });
  await form.getByLabel("What to run").selectOption("create_payment");
  await picture("testing");
  await accessible("testing");

  await form.getByRole("button", { name: "Run", exact: true }).click();
  const result = page.getByRole("region", { name: "Result", exact: true });
  await result.getByText("Done: the provider has answered as it should.").waitFor();
  const calls = page.getByRole("region", { name: "Calls to the provider" });
  await calls.getByText("POST /stripe/v1/payment_intents").first().waitFor();
  expect((await calls.innerText()).includes("sk_test_") === false, "a secret is on the page");
  const first = new URL(page.url()).searchParams.get("operation");

  await form.getByRole("button", { name: "Add a fault" }).click();
  await form.getByLabel("Fault 1", { exact: true }).selectOption("drop_after");
  await form.getByLabel("Meets").selectOption("POST /v1/payment_intents");
  await picture("testing_fault");
  await form.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForURL((url) => url.searchParams.get("operation") !== first);
  await result.getByText("Done: the provider has answered as it should.").waitFor({ timeout: 90_000 });
  await calls.getByText("Nobody knows").waitFor();
  await picture("testing_run", { fullPage: true });
  await accessible("a run");

  await page.getByRole("link", { name: "Compare the last two" }).click();
  await page.getByRole("region", { name: "Outcome" }).waitFor();
  await page.getByRole("region", { name: "Call 1" }).waitFor();
  await page.getByLabel("Only what differs").check();
  await page.getByRole("region", { name: "Call 1" }).getByText("response.status").waitFor();
  await picture("testing_compare");
  await accessible("the comparison");

  await page.getByRole("tab", { name: "Credentials" }).click();
  await page.getByRole("button", { name: "Validate now" }).click();
  await page.getByText(/accepts these credentials/).waitFor();
  await picture("testing_credentials");
  await accessible("credentials");

  await page.getByRole("tab", { name: "Webhooks" }).click();
  const arrived = page.getByRole("region", { name: "What arrived" });
  await page.getByRole("button", { name: "Make the payment" }).click();
  await arrived.locator("li.bg-accent-soft", { hasText: "payment.succeeded" }).first().waitFor();
  await page.getByRole("button", { name: "Send it again" }).click();
  await arrived.locator("li.bg-accent-soft", { hasText: "Duplicate" }).first().waitFor();
  await page.getByRole("button", { name: "Send it signed wrongly" }).click();
  await arrived.locator("li.bg-accent-soft", { hasText: "signature invalid" }).first().waitFor();
  await picture("testing_webhooks");
  await accessible("webhooks");

  await theme("dark");
  await picture("testing_webhooks_dark");
  await accessible("webhooks, dark");
  await page.getByRole("button", { name: "العربية" }).click();
  await page.getByRole("heading", { level: 1, name: "الاختبار" }).waitFor();
  await page.getByRole("tab", { name: "تنفيذ عملية" }).click();
  await page.getByRole("heading", { level: 2, name: "العملية" }).waitFor();
  await page.getByRole("button", { name: "تنفيذ", exact: true }).click();
  await page.getByText("تمت: أجاب المزوّد كما ينبغي.").waitFor();
  await picture("testing_arabic_dark", { fullPage: true });
  await theme("light");
  await picture("testing_arabic");
  await accessible("testing, Arabic");
  await page.setViewportSize({ width: 390, height: 844 });
  await picture("testing_narrow");
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow <= 0, `the page is ${overflow} px wider than a phone`);
  await page.setViewportSize({ width: 1360, height: 900 });
  await page.getByRole("button", { name: "English" }).click();

  await asViewer(async (theirs, their) => {
    await their.open("testing");
    await their.picture("testing_viewer");
    await their.accessible("testing, a viewer");
    expect((await theirs.getByRole("button", { name: "Run", exact: true }).count()) === 0, "a viewer may run");
  });
  await asNewcomer(async (theirs, their) => {
    await their.open("testing");
    await theirs.getByRole("link", { name: "Connect a provider" }).waitFor();
    await their.picture("testing_empty");
    await their.accessible("testing, empty");
  });
});
