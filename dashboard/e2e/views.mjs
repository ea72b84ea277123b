// Every tab of every page as it looks: in both languages and themes axe finds nothing, and none is wider than a phone. What
// happens in dialogs and drawers is in the other scripts.
import { expect, tell } from "./browser.mjs";

const VIEWS = {
  overview: [""],
  payments: tabs("payments", "gateways", "routing", "links", "disputes", "payouts", "reconciliation"),
  shipping: tabs("shipments", "rates", "exceptions", "carriers", "pickups", "handover", "locations"),
  social: tabs("calendar", "posts", "comments", "engagement", "accounts"),
  marketing: tabs("tools", "leads", "forms", "automations", "campaigns", "audiences", "deals"),
  developers: tabs("keys", "reference", "events", "logs"),
  testing: tabs("run", "credentials", "webhooks", "compare"),
  webhooks: tabs("events", "deliveries", "dead", "turned_away", "endpoints", "subscriptions"),
  analytics: [
    ...tabs("usage", "latency", "errors", "cost", "health"),
    ...tabs("incidents", "alerts", "inbox", "rules", "checks"),
  ],
  settings: [
    ...tabs("organization", "members", "connections", "keys", "limits", "alerts"),
    ...tabs("retention", "audit", "backups", "account"),
    ...["requests", "purposes", "recipients", "breaches", "law"].map((part) => `?tab=privacy&part=${part}`),
  ],
};

function tabs(...names) {
  return names.map((name) => `?tab=${name}`);
}

await tell(async (page, { signIn, turn, theme, picture, accessible }) => {
  await signIn();
  await theme("light");
  for (const [key, searches] of Object.entries(VIEWS)) {
    await turn(key, searches[0]);
    // A tab that is added to a page is to be added here.
    const shown = await page.getByRole("main").getByRole("tablist").first().getByRole("tab").count();
    const listed = searches.length === 1 || key === "settings" ? 0 : searches.length;
    expect(shown === listed, `${key} has ${shown} tabs, and ${listed} are listed here`);
  }
  await look("en");
  await page.getByRole("button", { name: "العربية" }).click();
  await page.getByRole("button", { name: "English" }).waitFor();
  await look("ar");

  async function look(language) {
    for (const [key, searches] of Object.entries(VIEWS)) {
      for (const search of searches) {
        await turn(key, search);
        const name = [key, ...new URLSearchParams(search).values(), language].join("_");
        await picture(`view_${name}`, { fullPage: true });
        await accessible(name);
        await theme("dark"); // which changes nothing but colours
        await picture(`view_${name}_dark`, { fullPage: true });
        await accessible(`${name}, dark`, "color-contrast");
        await theme("light");
        if (language === "ar") await narrow(name);
      }
    }
  }

  /** What is the widest in Arabic or English fits a phone in either. */
  async function narrow(name) {
    await page.setViewportSize({ width: 390, height: 844 });
    await picture(`view_${name}_narrow`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow <= 0, `${name} is ${overflow} px wider than a phone`);
    await page.setViewportSize({ width: 1360, height: 900 });
  }
});
