// Developers: make a key, rotate and revoke it; read the reference and try it; the events; the calls and one of them.
import { expect, tell } from "./browser.mjs";

const NAME = `developers ${Date.now().toString(36)}`;

await tell(async (page, { signIn, open, theme, picture, accessible, asViewer, asNewcomer }) => {
  await signIn();
  await open("developers");
  // Whether any key works depends on what was done here before.
  await page.getByRole("button", { name: "Create API key" }).waitFor();

  await page.getByRole("button", { name: "Create API key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill(NAME);
  await dialog.getByRole("button", { name: "Create API key" }).click();
  await dialog.getByText("Tick at least one thing").waitFor();
  await dialog.getByLabel("Payments: Read").check();
  await dialog.getByLabel("Payments: Write").check();
  await dialog.getByLabel("Operations: Read").check();
  await picture("developers_create");
  await accessible("the form for a key");
  await dialog.getByRole("button", { name: "Create API key" }).click();
  const shown = dialog.getByLabel("The API key");
  await shown.waitFor();
  const key = await shown.innerText();
  expect(/^wasl_[\w-]{40,}$/.test(key), "the key is not shown");
  expect(await dialog.getByRole("button", { name: "Done" }).isDisabled(), "it closes before the key is kept");
  await accessible("a key that is shown once");
  await dialog.getByLabel("I have kept the key").check();
  await dialog.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("row").filter({ hasText: NAME });
  await row.getByText("payments:*").waitFor();
  expect(!(await page.content()).includes(key), "the key is still on the page");
  await picture("developers_keys");
  await accessible("keys");

  await row.getByRole("button", { name: `Actions for ${NAME}` }).click();
  await page.getByRole("menuitem", { name: "Rotate" }).click();
  await dialog.getByRole("button", { name: "Rotate" }).click();
  await dialog.getByLabel("I have kept the key").check();
  await dialog.getByRole("button", { name: "Done" }).click();
  await row.filter({ hasText: "Rotated" }).waitFor();
  // One in English, the other in Arabic.
  const revoke = async (one, word) => {
    await one.getByRole("button").click();
    await page.getByRole("menuitem", { name: word }).click();
    expect(await dialog.getByRole("button", { name: word }).isDisabled(), "it is revoked without being asked");
    await dialog.getByRole("textbox").fill(NAME);
    await dialog.getByRole("button", { name: word }).click();
    await dialog.waitFor({ state: "detached" });
    await one.waitFor({ state: "detached" });
  };
  await revoke(row.filter({ hasText: "Rotated" }), "Revoke");
  await page.getByRole("button", { name: "العربية" }).click();
  await page.getByRole("heading", { level: 1, name: "المطوّرون" }).waitFor();
  await revoke(row, "إلغاء المفتاح");
  await page.getByRole("button", { name: "English" }).click();

  await page.getByRole("tab", { name: "API reference" }).click();
  await page.getByRole("navigation", { name: "Operations" }).getByRole("searchbox").fill("payments");
  await page.getByRole("button", { name: "GET payments", exact: true }).click();
  await page.getByRole("heading", { name: "List payments" }).waitFor();
  await page.getByText("select=*,billing_address,customer,shipping_address").waitFor();
  await page.getByText("hub.payments.list(").waitFor();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const answer = page.getByRole("region", { name: "Answer" }).first();
  await answer.getByText("200").first().waitFor();
  await picture("developers_reference");
  await accessible("the reference");
  await open("developers", "?tab=reference&operation=create_payment");
  await page.getByRole("button", { name: "Fill in an example" }).click();
  await page.getByText("hub.payments.create(").waitFor();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await dialog.getByText("It runs in the sandbox").waitFor();
  await picture("developers_try");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await open("developers", "?tab=reference&operation=create_connection");
  await page.getByLabel("How it is called").selectOption("read");
  await page.getByRole("button", { name: "Fill in an example" }).click();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText("This operation changes something").waitFor();

  await open("developers", "?tab=events&q=payment");
  await page.getByRole("row").filter({ hasText: "payment.succeeded" }).click();
  await dialog.getByRole("region", { name: "Message" }).waitFor();
  await picture("developers_events");
  await accessible("an event");
  await page.keyboard.press("Escape");

  await open("developers", "?tab=logs&range=30d");
  const calls = page.getByRole("table", { name: "API call logs" });
  await calls.getByRole("row").nth(1).waitFor();
  await picture("developers_logs");
  await accessible("the logs");
  await page.getByLabel("Status", { exact: true }).selectOption("error");
  await page.waitForURL(/status=error/);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.getByLabel("Time", { exact: true }).selectOption("30d");
  await calls.getByRole("row").nth(1).click();
  await dialog
    .getByRole("heading", { name: "Answer" })
    .or(dialog.getByRole("heading", { name: "Sent" }))
    .first()
    .waitFor();
  await picture("developers_log");
  await accessible("a call");
  await page.keyboard.press("Escape");

  await theme("dark");
  await picture("developers_logs_dark");
  await accessible("the logs, dark");
  await page.getByRole("button", { name: "العربية" }).click();
  await page.getByRole("heading", { level: 1, name: "المطوّرون" }).waitFor();
  await picture("developers_logs_arabic_dark");
  await theme("light");
  await accessible("the logs, Arabic");
  await open("developers", "?tab=reference&operation=create_payment");
  await page.getByText("hub.payments.create(").waitFor();
  await picture("developers_reference_arabic");
  await accessible("the reference, Arabic");
  await page.getByRole("button", { name: "English" }).click();

  await asViewer(async (theirs, their) => {
    await their.open("developers");
    await theirs.getByRole("tabpanel").waitFor();
    await theirs.getByText("Loading…").first().waitFor({ state: "detached" });
    expect((await theirs.getByRole("button", { name: "Create API key" }).count()) === 0, "a viewer may make keys");
    await their.picture("developers_viewer");
    await their.accessible("keys, a viewer");
  });
  await asNewcomer(async (theirs, their) => {
    for (const tab of ["keys", "events", "logs"]) {
      await their.turn("developers", `?tab=${tab}`);
      await their.picture(`developers_empty_${tab}`);
      await their.accessible(`${tab}, empty`);
    }
  });
});
