import { expect, it } from "vitest";
import { triable } from "@/pages/analytics/check_dialog";

const PROVIDERS = [{ key: "aramex", capabilities: ["quotes_rates", "creates_shipments"] }];
const connection = { id: "c", provider_key: "aramex" };

it("offers what can be tried without effect", () => {
  expect(triable({ ...connection, environment: "sandbox" }, PROVIDERS, [])).toEqual(["quotes_rates"]);
});

it("asks no price of a live connection", () => {
  expect(triable({ ...connection, environment: "live" }, PROVIDERS, [])).toEqual([]);
});

it("tries nothing twice", () => {
  const present = [{ connection_id: "c", capability: "quotes_rates" }];
  expect(triable({ ...connection, environment: "sandbox" }, PROVIDERS, present)).toEqual([]);
});
