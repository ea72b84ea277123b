// Personal data, in Settings: what people ask, from the request to its certificate; what data is processed for, where it
// goes, a breach and who is told; then what a viewer gets, and an empty organization. All of it in the real hub.
import { expect, settings, tell } from "./browser.mjs";

const RUN = Date.now().toString(36);
const PARTS = ["requests", "purposes", "recipients", "breaches", "law"];

await tell(async (page, tools) => {
  const { signIn, open, asViewer, asNewcomer } = tools;
  await signIn();
  await open("settings", "?tab=privacy");
  await aCopyIsAskedFor(page, tools);
  await anErasureIsAskedFor(page, tools);
  await aPurposeIsWrittenDown(page, tools);
  await aTransferIsWrittenDown(page, tools);
  await aBreachIsReported(page, tools);
  await theOfficerIsNamed(page, tools);

  await asViewer(async (theirs, their) => {
    for (const part of PARTS) {
      await their.turn("settings", `?tab=privacy&part=${part}`);
      const told = await theirs.getByRole("main").getByText("Your role does not allow this.").count();
      expect(told === (part === "breaches" ? 1 : 0), `a viewer and ${part}`);
      for (const control of ["New request", "Add a purpose", "Add a country", "Report a breach", "Save"]) {
        const shown = await theirs.getByRole("main").getByRole("button", { name: control, exact: true }).count();
        expect(shown === 0, `a viewer may “${control}” in ${part}`);
      }
      await their.picture(`privacy_viewer_${part}`, { fullPage: true });
    }
  });
  await asNewcomer(async (theirs, their) => {
    for (const part of PARTS) {
      await their.turn("settings", `?tab=privacy&part=${part}`);
      await their.picture(`privacy_empty_${part}`, { fullPage: true });
    }
    await their.accessible("privacy, empty");
  });
});

function parts(page) {
  return {
    main: page.getByRole("main"),
    dialog: page.getByRole("dialog"),
    done: (text) => page.getByText(text).first().waitFor(),
  };
}

/** Somebody asks what is kept of them: collected at once, with a link to the copy and a certificate. */
async function aCopyIsAskedFor(page, { picture, accessible }) {
  const { main, dialog, done } = parts(page);
  await main.getByRole("button", { name: "New request" }).first().click();
  await dialog.getByRole("button", { name: "Note and carry out" }).click();
  await dialog.getByText("Give an e-mail address or a phone number.").waitFor();
  await dialog.getByLabel("E-mail").fill(`asker-${RUN}@wasl.example`);
  await picture("privacy_request_form");
  await accessible("the form of a request");
  await dialog.getByRole("button", { name: "Note and carry out" }).click();
  await done("The request is noted and is being carried out.");
  await dialog.getByText("Certificate").first().waitFor();
  await dialog.getByText("As it was made").waitFor();
  await dialog.getByRole("button", { name: "Show who it is" }).click();
  await dialog.getByText(`asker-${RUN}@wasl.example`).waitFor();
  await dialog.getByRole("button", { name: "Make a link" }).click();
  await dialog.getByRole("link", { name: "Open the copy" }).waitFor();
  await picture("privacy_request");
  await accessible("a request");
  await page.keyboard.press("Escape");
}

/** A payer has their data erased, which the gateway has to be asked for by a person; it takes longer than it should. */
async function anErasureIsAskedFor(page, { rpc, rows, organization, picture, accessible }) {
  const { main, dialog, done } = parts(page);
  const payer = await payerOf(page, { rpc, rows }, await organization());
  await main.getByRole("button", { name: "New request" }).first().click();
  await dialog.getByLabel("What is asked").selectOption("erasure");
  await dialog.getByLabel("E-mail").fill(payer);
  await dialog.getByLabel("I know that this person’s data is erased").check();
  await dialog.getByRole("button", { name: "Note and carry out" }).click();
  const complete = dialog.getByRole("button", { name: "I have done this" }).first();
  await complete.waitFor();
  await picture("privacy_request_steps", { fullPage: true });

  await dialog.getByRole("button", { name: "Refuse", disabled: true }).waitFor(); // It has begun.
  await dialog.getByRole("button", { name: "Extend" }).click();
  const reason = page.getByRole("dialog").filter({ hasText: "Take longer for the answer?" });
  await reason.getByRole("button", { name: "Extend" }).click();
  await reason.getByText("This is needed.").waitFor();
  await reason.getByLabel("Reason").fill("The gateway has not answered yet.");
  await reason.getByText("This is needed.").waitFor({ state: "detached" });
  await picture("privacy_request_extend");
  await accessible("extending a request");
  await reason.getByRole("button", { name: "Extend" }).click();
  await done("The time for the answer is extended.");
  await reason.waitFor({ state: "detached" });
  await dialog.getByRole("button", { name: "Extend" }).waitFor({ state: "detached" });

  await complete.click();
  await dialog.getByLabel("What was done").fill("The gateway erased it.");
  await dialog.getByRole("button", { name: "I have done this" }).first().click();
  await done("The step is done.");
  await page.keyboard.press("Escape");
}

/** The address of a new payer, whose payment a gateway of the sandbox has. */
async function payerOf(page, { rpc, rows }, organizationId) {
  const email = `payer-${RUN}@wasl.example`;
  const payment = await rpc("create_payment", {
    organization_id: organizationId,
    environment: "sandbox",
    amount: "10.00",
    currency: "AED",
    reference: `privacy-${RUN}`,
    customer: { email },
    return_url: `${settings.hub}/`,
    idempotency_key: crypto.randomUUID(),
  });
  for (let seen = payment; seen.provider_payment_id === null && seen.provider_session_id === null;) {
    await page.waitForTimeout(500);
    [seen] = await rows(`payments?id=eq.${payment.id}`);
    expect(seen.status !== "failed", `the payment failed: ${JSON.stringify(seen)}`);
  }
  return email;
}

/** A purpose: what is missing is told, a key is taken once, and it can be given up. */
async function aPurposeIsWrittenDown(page, { open, picture, accessible }) {
  const { main, dialog, done } = parts(page);
  const title = `News by e-mail ${RUN}`;
  await open("settings", "?tab=privacy&part=purposes");
  for (const taken of [false, true]) {
    await main.getByRole("button", { name: "Add a purpose" }).first().click();
    if (!taken) {
      await dialog.getByRole("button", { name: "Save" }).click();
      await dialog.getByText("This is needed.").waitFor();
      await dialog.getByText("Small letters, digits and underscores").waitFor();
      await accessible("the form of a purpose");
    }
    await dialog.getByLabel("Purpose", { exact: true }).fill(title);
    await dialog.getByLabel("Key", { exact: true }).fill(`news_${RUN}`);
    await dialog.getByLabel("Whose data (optional)").fill("customers, visitors");
    await dialog.getByRole("checkbox").first().check();
    if (!taken) await picture("privacy_purpose_form");
    await dialog.getByRole("button", { name: "Save" }).click();
    if (taken) await dialog.getByText("Another purpose has that key.").waitFor();
    else await done("The purpose is written down.");
  }
  await page.keyboard.press("Escape");
  await main.getByRole("button", { name: `Change ${title}` }).click();
  expect(await dialog.getByLabel("Key", { exact: true }).isDisabled(), "a key may be changed");
  await dialog.getByLabel("Still pursued").uncheck();
  await dialog.getByRole("button", { name: "Save" }).click();
  await main.getByRole("listitem").filter({ hasText: title }).getByText("Over").waitFor();
  const download = page.waitForEvent("download");
  await main.getByRole("button", { name: "Save the register" }).click();
  expect((await download).suggestedFilename().startsWith("processing-register-"), "the register has another name");
}

/** Where a provider processes data; it is taken back, so that the next run can say it again. */
async function aTransferIsWrittenDown(page, { open, picture, accessible }) {
  const { main, dialog, done } = parts(page);
  await open("settings", "?tab=privacy&part=recipients");
  await main.getByRole("button", { name: "Add a country to Stripe" }).click();
  await dialog.getByLabel("Country", { exact: true }).selectOption("IE");
  await dialog.getByLabel("Why it may go there").selectOption("contract_clauses");
  await dialog.getByLabel("Agreement on processing (URL)").fill("stripe.com/legal/dpa");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("This is needed.").waitFor();
  await dialog.getByText("A whole address that begins with https://").waitFor();
  await dialog.getByLabel("Where the country is said").fill(`The contract, ${RUN}`);
  await dialog.getByLabel("Agreement on processing (URL)").fill("https://stripe.com/legal/dpa");
  await picture("privacy_transfer_form");
  await accessible("the form of a transfer");
  await dialog.getByRole("button", { name: "Save" }).click();
  await done("The transfer is written down.");
  await main.getByText(`The contract, ${RUN}`).waitFor();
  await picture("privacy_recipients");
  await main.getByRole("button", { name: "Remove: Ireland" }).click();
  await dialog.getByRole("button", { name: "Remove", exact: true }).click();
  await done("The entry is removed.");
}

/** A breach, until it is over: the clock, the authority, the people. */
async function aBreachIsReported(page, { open, picture, accessible }) {
  const { main, dialog, done } = parts(page);
  const title = `A laptop is lost ${RUN}`;
  await open("settings", "?tab=privacy&part=breaches");
  await main.getByRole("button", { name: "Report a breach" }).first().click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("This is needed.").first().waitFor();
  await dialog.getByLabel("What happened").fill(title);
  await dialog.getByLabel("People concerned (optional)").fill("about ten");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("A whole number is needed.").waitFor();
  await dialog.getByLabel("People concerned (optional)").fill("12");
  await picture("privacy_breach_form");
  await accessible("the form of a breach");
  await dialog.getByRole("button", { name: "Save" }).click();
  await done("The breach is written down.");
  await main.getByText(title).first().click();
  await dialog.getByText("12", { exact: true }).waitFor();
  await dialog.getByLabel("The authority’s number (optional)").fill(`UDO-${RUN}`);
  await dialog.getByRole("button", { name: "The authority is told" }).click();
  await dialog.getByText(`UDO-${RUN}`).waitFor();
  await dialog.getByRole("button", { name: "The people are told" }).click();
  await dialog.getByText("People told").waitFor();
  await picture("privacy_breach");
  await accessible("a breach");
  await dialog.getByRole("button", { name: "It is over and documented" }).click();
  await dialog.getByText("Closed").first().waitFor();
  await page.keyboard.press("Escape");
}

async function theOfficerIsNamed(page, { open }) {
  const { main, done } = parts(page);
  await open("settings", "?tab=privacy&part=law");
  const officer = main.getByLabel("Name (optional)");
  await officer.fill(`Officer ${RUN}`);
  await main.getByRole("button", { name: "Save" }).click();
  await done("The settings are changed.");
  expect((await officer.inputValue()) === `Officer ${RUN}`, "what was saved is not shown");
}
