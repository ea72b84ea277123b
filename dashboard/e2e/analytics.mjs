// Analytics: figures and their zoom, the way to the logs; a rule is made and changed, an alert is acknowledged, snoozed and
// resolved; a window and a check are added.
import { expect, settings, tell } from "./browser.mjs";

const NAME = `Analytics ${Date.now().toString(36)}`;

await tell(async (page, { signIn, open, picture, accessible, asViewer, asNewcomer }) => {
  await page.goto(settings.hub);
  await signIn();
  const all = page.getByRole("link", { name: "All alerts" });
  expect((await all.getAttribute("href")).includes("/analytics?tab=alerts"), "the overview leads elsewhere");

  await open("analytics", "?by=provider");
  const figure = page.getByRole("group", { name: "Calls to providers" });
  await figure.locator("svg.recharts-surface").first().waitFor();
  await page.getByRole("table", { name: "Usage by what it is of" }).getByText("Stripe").first().waitFor();
  await picture("analytics_usage");
  await accessible("usage");
  await page.getByLabel("Time range").selectOption("24h");
  await page.getByLabel("Zoom").selectOption("hour");
  await page.getByText("The figures as a table.").click();
  expect(new URL(page.url()).searchParams.get("zoom") === "hour", "the address does not hold the zoom");

  await open("analytics", "?tab=latency");
  await page.locator("svg.recharts-surface").first().waitFor();
  await picture("analytics_latency");
  await open("analytics", "?tab=errors&by=provider");
  await page.getByRole("heading", { name: "Classes" }).waitFor();
  await picture("analytics_errors");
  await accessible("errors");
  const classes = page.getByRole("region", { name: "Classes" }).getByRole("link").first();
  expect((await classes.getAttribute("href")).includes("developers?tab=logs"), "a class does not lead to the logs");
  await open("analytics", "?tab=cost&range=30d");
  await page.getByRole("table", { name: "Cost by connection" }).waitFor();
  await picture("analytics_cost");
  await accessible("cost");

  await open("analytics", "?tab=health");
  await page.getByRole("button", { name: "History of Stripe sandbox" }).click();
  await page.getByRole("heading", { name: "Changes of state" }).waitFor();
  await page.getByRole("table", { name: "Uptime by period" }).waitFor();
  await picture("analytics_health");
  await accessible("the history of a connection");
  await open("analytics", "?tab=incidents");
  await page.getByRole("heading", { name: "What providers say" }).waitFor();
  await picture("analytics_incidents");

  await open("analytics", "?tab=rules&edit=true");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill(NAME);
  await dialog.getByLabel("What is measured").selectOption("latency");
  await dialog.getByLabel("Trouble from (milliseconds)").fill("0");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("The threshold lies between").waitFor();
  await dialog.getByLabel("Trouble from (milliseconds)").fill("1");
  await dialog.getByLabel("Over at (milliseconds)").fill("0.5");
  await dialog.getByLabel("Fewest calls").fill("1");
  await dialog.getByLabel("Within (minutes)").fill("120");
  await dialog.getByLabel("Has to last (seconds)").fill("0");
  await dialog.getByText("When the p95 latency reaches 1 ms within 2 hr (fewest calls: 1).").waitFor();
  await picture("analytics_rule");
  await accessible("the form of a rule");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  const rule = page.getByRole("listitem").filter({ hasText: NAME });
  await rule.waitFor();
  await picture("analytics_rules");
  await accessible("rules");

  await page.getByRole("button", { name: "Add a window" }).click();
  await dialog.getByLabel("Name", { exact: true }).fill(`${NAME} window`);
  await dialog.getByLabel("How often").selectOption("weekly");
  await picture("analytics_window");
  await accessible("the form of a window");
  await dialog.getByRole("button", { name: "Save" }).click();
  const window = page.getByRole("listitem").filter({ hasText: `${NAME} window` });
  await window.getByText("Sun at 02:00 (Asia/Dubai), for 1 hr").waitFor();
  await window.getByRole("button").click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await dialog.waitFor({ state: "detached" }); // What lies behind a dialog has no role.
  await window.waitFor({ state: "detached" });

  await open("analytics", "?tab=checks");
  await page.getByRole("button", { name: "Add a check" }).first().click();
  await dialog.getByLabel("What is tried").waitFor();
  await dialog.getByRole("button", { name: "Add a check" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("checkbox", { name: /^On: / }).first().waitFor();
  await picture("analytics_checks");
  await accessible("checks");

  // The rule is measured twice a minute, and every call takes longer than a millisecond.
  await open("analytics", "?tab=rules");
  await rule.getByRole("link").click();
  const alerts = page.getByRole("table", { name: "Alerts" });
  await alerts.waitFor({ timeout: 90_000 });
  await picture("analytics_alerts");
  await accessible("alerts");
  await alerts.locator("tbody tr").first().click();
  await dialog.getByRole("heading", { name: "Who was told" }).waitFor();
  await dialog.getByRole("button", { name: "Acknowledge" }).click();
  await dialog.getByText("Acknowledged").first().waitFor();
  await dialog.getByRole("button", { name: "Snooze" }).click();
  await page.getByRole("menuitem", { name: "For 4 hours" }).click();
  await dialog.getByText("Snoozed").first().waitFor();
  await picture("analytics_alert");
  await accessible("an alert");
  // As the link in a message about it leads here.
  const { searchParams } = new URL(page.url());
  await page.goto(`${settings.hub}/alerts/${searchParams.get("alert")}`);
  await dialog.getByText("Snoozed").first().waitFor();
  await dialog.getByRole("button", { name: "Resolve" }).click();
  await page.getByRole("dialog", { name: "Is it over?" }).getByRole("button", { name: "Resolve" }).click();
  await dialog.getByText("Over since").waitFor();
  await page.keyboard.press("Escape");

  await open("analytics", "?tab=inbox");
  const inbox = page.getByRole("region", { name: "Inbox" });
  await inbox.getByRole("listitem").first().waitFor();
  await picture("analytics_inbox");
  await accessible("the inbox");
  await inbox.getByRole("button", { name: "Mark all as read" }).click();
  await inbox.getByRole("button", { name: "Mark as read" }).first().waitFor({ state: "detached" });

  await open("analytics", "?tab=rules");
  await rule.getByRole("checkbox").uncheck();
  await rule.getByText("Off").waitFor();
  await page.getByRole("button", { name: "العربية" }).click();
  await rule.getByText("معطّلة").waitFor();
  await rule.getByRole("checkbox").check();
  await rule.getByText("معطّلة").waitFor({ state: "detached" });
  await rule.getByRole("button", { name: `حذف ${NAME}` }).click();
  await dialog.getByRole("button", { name: "حذف" }).click();
  await dialog.waitFor({ state: "detached" });
  await rule.waitFor({ state: "detached" });

  await asViewer(async (theirs, their) => {
    await their.open("analytics", "?tab=rules");
    await theirs.getByRole("listitem").filter({ hasText: "Slow calls" }).first().waitFor();
    expect((await theirs.getByRole("button", { name: "New alert rule" }).count()) === 0, "a viewer may make rules");
    await their.picture("analytics_viewer");
    await their.accessible("rules, a viewer");
  });
  await asNewcomer(async (theirs, their) => {
    for (const tab of ["usage", "latency", "errors", "cost", "health", "incidents", "alerts", "inbox", "checks"]) {
      await their.turn("analytics", `?tab=${tab}`);
      await their.picture(`analytics_empty_${tab}`);
      await their.accessible(`${tab}, empty`);
    }
  });
});
