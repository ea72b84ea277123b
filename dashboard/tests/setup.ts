// What every test has: no network but what it mocks, English texts, nothing left from the test before.
import { cleanup } from "@testing-library/react";
import { afterAll, afterEach, beforeAll } from "vitest";
import { startI18n } from "@/lib/i18n";
import { connect } from "@/lib/supabase";
import { HUB, server } from "./hub";

beforeAll(async () => {
  // jsdom lays nothing out, and a virtual list shows what fits.
  Object.defineProperty(Element.prototype, "clientHeight", { configurable: true, value: 600 });
  Object.defineProperty(Element.prototype, "clientWidth", { configurable: true, value: 1000 });
  Object.defineProperty(HTMLElement.prototype, "offsetHeight", { configurable: true, value: 40 });
  Object.defineProperty(HTMLElement.prototype, "offsetWidth", { configurable: true, value: 1000 });
  HTMLElement.prototype.scrollTo = () => undefined;
  server.listen({ onUnhandledRequest: "error" });
  connect({ url: HUB, publishableKey: "sb_publishable_test", sandboxUrl: null, realtime: false });
  await startI18n();
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
});
afterAll(() => server.close());
