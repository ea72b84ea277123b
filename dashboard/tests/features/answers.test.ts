import { expect, it } from "vitest";
import { credentialsOf, settingsOf, startingAnswers } from "@/features/connect/answers";
import type { Provider, ProviderField } from "@/hooks/providers";

const field = (name: string, type: ProviderField["type"], more: Partial<ProviderField> = {}): ProviderField => ({
  name,
  label: name,
  help: "",
  type,
  required: false,
  by_consent: false,
  ...more,
});

const PROVIDER = {
  name: "Aramex",
  credential_fields: [field("password", "secret"), field("pin", "secret")],
  settings_fields: [
    field("entity", "text", { default: "DXB" }),
    field("hours", "integer"),
    field("paperless", "boolean", { default: true }),
  ],
} as unknown as Provider;

it("begins with the provider's name and its usual settings", () => {
  expect(startingAnswers(PROVIDER)).toEqual({
    name: "Aramex",
    credential_password: "",
    credential_pin: "",
    setting_entity: "DXB",
    setting_hours: "",
    setting_paperless: true,
  });
});

it("sends secrets that were given, without the spaces around them", () => {
  expect(credentialsOf(PROVIDER, { credential_password: " p@ss \n", credential_pin: "" })).toEqual({
    password: "p@ss",
  });
});

it("sends settings in their own types, and none that was left empty", () => {
  expect(settingsOf(PROVIDER, { setting_entity: "", setting_hours: "24", setting_paperless: false })).toEqual({
    hours: 24,
    paperless: false,
  });
});
