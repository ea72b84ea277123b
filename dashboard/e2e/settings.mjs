// Settings: the organization, a member, retention, a channel, the audit log, a connection's credentials, a password; then
// what a viewer gets, and an empty organization. All of it in the real hub; what is changed is put back. The part about
// personal data is in privacy.mjs.
import { expect, tell } from "./browser.mjs";

const RUN = Date.now().toString(36);
const TABS = [
  "organization",
  "members",
  "connections",
  "keys",
  "limits",
  "alerts",
  "retention",
  "audit",
  "backups",
  "account",
];

await tell(async (page, tools) => {
  const { signIn, open, settled, rpc, organization, picture, accessible, asViewer, asNewcomer } = tools;
  const dialog = page.getByRole("dialog");
  const main = page.getByRole("main");
  const done = (text) => page.getByText(text).first().waitFor();
  await signIn();
  await open("settings");
  await settled();

  // The name, and back.
  const name = main.getByLabel("Name", { exact: true });
  const before = await name.inputValue();
  const save = main.getByRole("button", { name: "Save" });
  expect(await save.isDisabled(), "there is something to save before anything was changed");
  for (const next of [`${before} ${RUN}`, before]) {
    await name.fill(next);
    await save.click();
    await done("The organization is changed.");
    await page.getByRole("button", { name: `Organization: ${next}` }).waitFor();
  }

  // A member: added as a viewer, made a developer, removed.
  await asViewer(async (theirs, their) => {
    const email = await theirs.evaluate(() => JSON.parse(localStorage.getItem("wasl.session")).user.email);
    await open("settings", "?tab=members");
    const role = main.getByRole("combobox", { name: `Role of ${email}` });
    await role.waitFor();
    expect((await role.inputValue()) === "viewer", "they are no viewer");
    await picture("settings_members");
    await role.selectOption("developer");
    await done(`${email}: Developer`);
    await role.selectOption("viewer");
    await done(`${email}: Viewer`);
    expect(await main.getByRole("button", { name: "Leave the organization" }).isDisabled(), "the only owner may leave");

    // What a viewer gets.
    await their.open("settings");
    const theirMain = theirs.getByRole("main");
    await theirMain.getByText("Changing it takes the role “Admin”").waitFor();
    expect(await theirMain.getByLabel("Name", { exact: true }).isDisabled(), "a viewer may change the name");
    await their.picture("settings_viewer");
    for (const tab of TABS) {
      await their.turn("settings", `?tab=${tab}`);
      const refused = tab === "audit" || tab === "backups";
      const told = await theirMain.getByText("Your role does not allow this.").count();
      expect(told === (refused ? 1 : 0), `a viewer ${refused ? "sees" : "does not see"} ${tab}`);
      for (const control of ["Add a member", "Add a channel", "Hold data", "New request", "Connect a provider"]) {
        const shown = await theirMain.getByRole("button", { name: control }).count();
        expect(shown === 0, `a viewer may “${control}” in ${tab}`);
      }
      await their.picture(`settings_viewer_${tab}`, { fullPage: true });
    }
    await their.accessible("settings, as a viewer");

    await main.getByRole("button", { name: `Remove ${email}` }).click();
    await dialog.getByLabel(`Type “${email}” to confirm`).fill(email);
    await dialog.getByRole("button", { name: "Remove", exact: true }).click();
    await done(`${email} is removed.`);
  });
  await main.getByRole("button", { name: "Add a member" }).click();
  await dialog.getByLabel("E-mail").fill(`nobody-${RUN}@wasl.example`);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await dialog.getByText("Nobody has signed up with that address yet.").waitFor();
  await picture("settings_add_member");
  await accessible("adding a member");
  await page.keyboard.press("Escape");

  // Retention: what a shorter time would erase is told before it is set.
  await open("settings", "?tab=retention");
  await main.getByRole("button", { name: "Change: Events and deliveries" }).click();
  await dialog.getByLabel("Days").fill("0");
  await dialog.getByText("A whole number from 1 to 36,500.").waitFor();
  await dialog.getByLabel("Days").fill("120");
  await dialog.getByText("Nothing: no row is as old as that.").waitFor();
  await picture("settings_retention_dialog");
  await accessible("setting a retention period");
  await dialog.getByRole("button", { name: "Save" }).click();
  await done("Set: Events and deliveries");
  await main.getByText("Kept for 120 days").waitFor();
  await rpc("set_retention", { organization_id: await organization(), data_class: "events", keep_days: 90 });
  await main.getByRole("button", { name: "Hold data" }).click();
  await dialog.getByLabel("Class of data").selectOption("shipping");
  await dialog.getByLabel("Reason").fill(`Claim ${RUN}`);
  await dialog.getByRole("button", { name: "Hold", exact: true }).click();
  await done("The data is held.");
  const hold = main.getByRole("listitem").filter({ hasText: `Claim ${RUN}` });
  await hold.getByText("Stands").waitFor();
  await hold.getByRole("button", { name: "Lift" }).click();
  await dialog.getByRole("button", { name: "Lift" }).click();
  await done("The hold is lifted.");

  // A channel: made, tested, removed. Then a webhook, whose secret is shown once.
  await open("settings", "?tab=alerts");
  for (const [kind, channel] of [
    ["Inbox", `Inbox ${RUN}`],
    ["Webhook", `Hook ${RUN}`],
  ]) {
    await main.getByRole("button", { name: "Add a channel" }).click();
    await dialog.getByText(kind, { exact: true }).click();
    await dialog.getByLabel("Name", { exact: true }).fill(channel);
    if (kind === "Webhook") {
      await dialog.getByRole("button", { name: "Add", exact: true }).click();
      await dialog.getByText("A whole address that begins with https://").waitFor();
      await picture("settings_channel_form");
      await accessible("the form of a channel");
      await dialog.getByLabel("URL").fill("https://alerts.wasl.example/hook");
    }
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    if (kind === "Webhook") {
      await dialog.getByText("whsec_").waitFor();
      await picture("settings_channel_secret");
      await dialog.getByRole("button", { name: "I have stored it" }).click();
      await dialog.waitFor({ state: "detached" });
      const seen = await page.locator("body").innerText();
      expect(!seen.includes("whsec_") && !seen.includes("/hook"), "a secret of the channel is still on the page");
      await main.getByText("alerts.wasl.example").waitFor();
    } else {
      await main.getByRole("button", { name: `Send a test to ${channel}` }).click();
      await main.getByText("The inbox works.").waitFor();
    }
  }
  await picture("settings_alerts");
  await main.getByRole("button", { name: `Change Hook ${RUN}` }).click();
  await dialog.getByLabel("From which severity on").selectOption("critical");
  await dialog.getByRole("button", { name: "Save" }).click();
  await done("The channel is changed.");
  for (const channel of [`Inbox ${RUN}`, `Hook ${RUN}`]) {
    await main.getByRole("button", { name: `Remove ${channel}` }).click();
    await dialog.getByLabel(`Type “${channel}” to confirm`).fill(channel);
    await dialog.getByRole("button", { name: "Remove", exact: true }).click();
    await done(`${channel} is removed.`);
  }

  // The audit log: whole, narrowed by the address, a line with before and after.
  await open("settings", "?tab=audit");
  await main.getByRole("button", { name: "Check the log" }).click();
  await main.getByText(/Whole: .* lines checked, up to no\./).waitFor();
  await picture("settings_audit");
  await open("settings", "?tab=audit&action=organization.changed");
  await main.getByRole("row").filter({ hasText: "organization.changed" }).first().click();
  await dialog.getByRole("cell", { name: before, exact: true }).waitFor();
  await picture("settings_audit_line");
  await accessible("a line of the audit log");
  await page.keyboard.press("Escape");
  const download = page.waitForEvent("download");
  await main.getByRole("button", { name: "Save as CSV" }).click();
  expect((await download).suggestedFilename().startsWith("audit-"), "the export has another name");
  await open("settings", "?tab=audit&action=nonesuch.done");
  await main.getByText("Nothing fits.").waitFor();

  // A connection of one's own: tested, and its key replaced by another.
  await open("settings", "?tab=connections");
  await main.getByRole("link", { name: "Connect a provider" }).click();
  await dialog.getByRole("button", { name: /^Stripe/ }).click();
  await dialog.getByLabel("Name", { exact: true }).fill(`Stripe ${RUN}`);
  await dialog.getByLabel("Secret key").fill(`sk_test_of_settings_${RUN}_old1`);
  await dialog.getByRole("button", { name: "Connect and test" }).click();
  await dialog.getByText(`Stripe ${RUN} is connected`).waitFor();
  await dialog.getByRole("button", { name: "Done" }).click();
  await dialog.waitFor({ state: "detached" });
  await open("settings", "?tab=connections");
  await main
    .getByRole("row")
    .filter({ hasText: `Stripe ${RUN}` })
    .click();
  await dialog.getByRole("heading", { name: "Credentials" }).waitFor();
  await dialog.getByText("…old1").waitFor(); // the end of a key is its hint
  await dialog.getByRole("button", { name: "Test the credentials" }).click();
  await done("The provider accepts the credentials.");
  await picture("settings_connection");
  await accessible("a connection");
  await dialog.getByRole("button", { name: "Replace", exact: true }).click();
  await dialog.getByRole("button", { name: "Store and test" }).click();
  await dialog.getByText("Fill in at least one.").waitFor();
  await dialog.getByLabel("Secret key").fill(`sk_test_of_settings_${RUN}_new2`);
  await picture("settings_replace_credentials");
  await accessible("replacing credentials");
  await dialog.getByRole("button", { name: "Store and test" }).click();
  await done("The credentials are stored, and the provider accepts them.");
  await dialog.getByText("…new2").waitFor();
  expect(!(await page.locator("body").innerText()).includes("sk_test_"), "a key is still on the page");
  await page.keyboard.press("Escape");

  // The name again, in Arabic.
  await page.getByRole("button", { name: "العربية" }).click();
  await open("settings");
  await page.getByRole("heading", { level: 1, name: "الإعدادات" }).waitFor();
  for (const next of [`${before} ${RUN}`, before]) {
    await main.getByLabel("الاسم", { exact: true }).fill(next);
    await main.getByRole("button", { name: "حفظ", exact: true }).click();
    await page.getByRole("button", { name: next, exact: false }).first().waitFor();
    await main.getByRole("button", { name: "حفظ", exact: true, disabled: true }).waitFor();
  }

  await asNewcomer(async (theirs, their, user) => {
    for (const tab of TABS) {
      await their.turn("settings", `?tab=${tab}`);
      await their.picture(`settings_empty_${tab}`, { fullPage: true });
    }
    await their.accessible("settings, empty");
    await their.open("settings", "?tab=account");
    const password = theirs.getByRole("region", { name: "Password" });
    await password.getByLabel("Present password").fill("not the password");
    await password.getByLabel("New password", { exact: true }).fill("another password");
    await password.getByLabel("New password once more").fill("another password");
    await password.getByRole("button", { name: "Change the password" }).click();
    await password.getByText("That is not your password.").waitFor();
    await password.getByLabel("Present password").fill(user.password);
    await password.getByRole("button", { name: "Change the password" }).click();
    await theirs.getByText("Your password is changed.").first().waitFor();
    await theirs.getByRole("button", { name: "Sign out everywhere" }).click();
    await theirs.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
    await theirs.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
    await their.signIn({ ...user, password: "another password" });
  });
});
