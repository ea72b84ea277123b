// Webhooks: look into what came in, have it done anew, make an address, subscribe a server, try it, and read it in Arabic.
import { expect, tell } from "./browser.mjs";

const NAME = `webhooks ${Date.now().toString(36)}`;

await tell(async (page, tools) => {
  const { signIn, open, turn, rpc, organization, theme, picture, accessible, asViewer, asNewcomer } = tools;
  page.context().setDefaultTimeout(60_000);
  await signIn();

  await open("webhooks");
  const events = page.getByRole("table", { name: "Webhooks received" });
  await events.locator("tbody tr[data-index]").first().waitFor();
  await picture("webhooks_received");
  await accessible("webhooks received");
  await page.getByRole("combobox", { name: "Status", exact: true }).selectOption("processed");
  await page.waitForURL(/status=processed/);
  await events.locator("tbody tr[data-index]").first().click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("heading", { name: "Signature" }).waitFor();
  await drawer.getByRole("heading", { name: "Body" }).waitFor();
  await picture("webhooks_event");
  await accessible("a webhook");
  await drawer.getByLabel("How the body is shown").selectOption("bytes");
  await drawer.getByText(/^000000 {2}/).waitFor();
  await drawer.getByRole("button", { name: "Replay" }).click();
  await page.getByText("1 event will be processed again.").waitFor();
  await page.getByRole("button", { name: "Replay 1 event" }).click();
  await page.getByText("1 event is being processed again.").waitFor();
  await picture("webhooks_replay");
  await page.getByRole("button", { name: "Close" }).first().click();
  await page.keyboard.press("Escape");

  for (const tab of ["dead", "turned_away"]) {
    await turn("webhooks", `?tab=${tab}`);
    await picture(`webhooks_${tab}`);
    await accessible(tab);
  }

  await open("webhooks", "?tab=endpoints&add=endpoint");
  await page.getByRole("button", { name: "Make address" }).click();
  const made = page.getByRole("dialog", { name: "The address is ready" });
  const url = await made.locator("code").filter({ hasText: "/functions/v1/webhooks/wh_" }).first().textContent();
  await made.getByRole("heading", { name: "At the provider" }).waitFor();
  await picture("webhooks_address");
  await accessible("a new address");
  await made.getByRole("button", { name: "Close" }).first().click();
  await made.waitFor({ state: "detached" });
  expect(!(await page.content()).includes(url.trim()), "the address is still on the page");
  await page.getByRole("table", { name: "Addresses" }).locator("tbody tr[data-index]").first().click();
  const rules = page.getByRole("dialog");
  await rules.getByLabel(/^Description/).fill(NAME);
  await rules.getByLabel(/^Requests per second/).fill("0");
  await rules.getByRole("button", { name: "Save" }).click();
  await rules.getByText("It is 0.01 to 100000.").waitFor();
  await rules.getByLabel(/^Requests per second/).fill("50");
  await rules.getByLabel(/^Allowed networks/).fill("no network");
  await rules.getByRole("button", { name: "Save" }).click();
  await rules.getByRole("alert").waitFor();
  await rules.getByLabel(/^Allowed networks/).fill("127.0.0.0/8");
  await rules.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved. It holds within seconds.").waitFor();
  await picture("webhooks_rules");
  await accessible("the rules of an address");
  await rules.getByRole("button", { name: "Disable" }).click();
  await page.getByRole("dialog", { name: "Disable this address?" }).getByRole("button", { name: "Disable" }).click();
  await rules.getByRole("button", { name: "Enable" }).waitFor();

  await open("webhooks", "?tab=subscriptions&add=subscription");
  const form = page.getByRole("dialog", { name: "New subscription" });
  await form.getByRole("button", { name: "Create" }).click();
  await form.getByText("This is needed.").first().waitFor();
  await form.getByLabel("Name", { exact: true }).fill(NAME);
  await form.getByLabel("URL", { exact: true }).fill("http://127.0.0.1:9/webhooks");
  await form.getByLabel("Event types").fill("lead.*");
  await form.getByRole("button", { name: "Add a condition" }).click();
  await form.getByLabel("Condition 1", { exact: true }).fill("$[?@.lead_id >");
  await form.getByText(/^It cannot be read from character/).waitFor();
  await form.getByLabel("Condition 1", { exact: true }).fill("$[?@.lead_id]");
  await form.getByText(/such events pass\.|No such event has happened/).waitFor();
  await picture("webhooks_subscribe");
  await accessible("the subscription form");
  await form.getByRole("button", { name: "Create" }).click();
  const ready = page.getByRole("dialog", { name: "The subscription is ready" });
  const secret = (await ready.getByText(/^whsec_/).textContent()).trim();
  await picture("webhooks_secret");
  await ready.getByRole("button", { name: "I have kept it" }).click();
  await ready.waitFor({ state: "detached" });
  expect(!(await page.content()).includes(secret), "the secret is still on the page");
  await page.getByRole("table", { name: "Subscriptions" }).getByText(NAME).click();
  const subscription = page.getByRole("dialog");
  await subscription.getByRole("button", { name: "Send a ping" }).click();
  await subscription.getByText("The receiver did not take it:").waitFor();
  await picture("webhooks_subscription");
  await accessible("a subscription");
  await subscription.getByRole("button", { name: "Rotate the secret" }).click();
  await page
    .getByRole("dialog", { name: "Rotate the secret" })
    .getByRole("button", { name: "Rotate the secret" })
    .click();
  await page.getByText(/^whsec_/).waitFor();
  await page.getByRole("button", { name: "I have kept it" }).click();
  await subscription.getByText("Former one until").waitFor();
  await page.keyboard.press("Escape");

  await rpc("upsert_lead", { organization_id: await organization(), email: "webhooks@example.com", tags: [NAME] });
  await open("webhooks", "?tab=deliveries");
  await page
    .getByRole("table", { name: /^Deliveries of/ })
    .first()
    .waitFor();
  await picture("webhooks_sent");
  await accessible("deliveries");
  await page
    .getByRole("table", { name: /^Deliveries of/ })
    .first()
    .locator("tbody button")
    .first()
    .click();
  await page.getByRole("dialog").getByRole("list", { name: "Attempts" }).waitFor();
  await picture("webhooks_delivery");
  await accessible("a delivery");

  await theme("dark");
  await open("webhooks");
  await events.locator("tbody tr[data-index]").first().waitFor();
  await picture("webhooks_dark");
  await accessible("webhooks, dark");
  await page.getByRole("button", { name: "العربية" }).click();
  await page.getByRole("heading", { level: 1, name: "الإشعارات البرمجية" }).waitFor();
  await theme("light");
  await picture("webhooks_arabic");
  await accessible("webhooks, Arabic");
  await page.locator("tbody tr[data-index]").first().click();
  await page.getByRole("dialog").getByRole("heading", { name: "التوقيع" }).waitFor();
  await picture("webhooks_event_arabic");
  await page.getByRole("dialog").getByRole("button", { name: "إعادة المعالجة" }).click();
  await page.getByText("سيُعالَج حدث واحد من جديد.").waitFor();
  await page.getByRole("button", { name: "إعادة معالجة حدث واحد" }).click();
  await page.getByText("تُعاد معالجة حدث واحد.").waitFor();
  await page.getByRole("button", { name: "إغلاق" }).first().click();
  await page.keyboard.press("Escape");
  await open("webhooks", "?tab=deliveries");
  await page.locator("tbody button").first().waitFor();
  await picture("webhooks_sent_arabic");
  await page.setViewportSize({ width: 390, height: 844 });
  await picture("webhooks_narrow");
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow <= 0, `the page is ${overflow} px wider than a phone`);
  await page.setViewportSize({ width: 1360, height: 900 });
  await page.getByRole("button", { name: "English" }).click();

  await asViewer(async (theirs, their) => {
    await their.open("webhooks");
    await theirs.locator("tbody tr[data-index]").first().click();
    await theirs.getByRole("dialog").getByRole("heading", { name: "Signature" }).waitFor();
    expect((await theirs.getByRole("button", { name: "Replay" }).count()) === 0, "a viewer may replay");
    await their.picture("webhooks_viewer");
    await their.open("webhooks", "?tab=subscriptions");
    await theirs.getByRole("table", { name: "Subscriptions" }).getByText(NAME).waitFor();
    expect((await theirs.getByRole("button", { name: "New subscription" }).count()) === 0, "a viewer may subscribe");
  });
  await asNewcomer(async (theirs, their) => {
    for (const tab of ["events", "deliveries", "endpoints", "subscriptions"]) {
      await their.turn("webhooks", `?tab=${tab}`);
      await their.picture(`webhooks_empty_${tab}`);
      await their.accessible(`${tab}, empty`);
    }
  });

  await open("webhooks", "?tab=subscriptions");
  await page.getByRole("table", { name: "Subscriptions" }).getByText(NAME).click();
  await subscription.getByRole("button", { name: "Delete" }).click();
  await page.getByLabel(/^Type “/).fill(NAME);
  await page.getByRole("dialog", { name: "Delete this subscription?" }).getByRole("button", { name: "Delete" }).click();
  await page.getByText("The subscription is deleted.").waitFor();
});
