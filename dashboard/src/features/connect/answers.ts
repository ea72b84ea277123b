/** Between the form's flat answers and what the hub takes. */
import type { Provider, ProviderField } from "@/hooks/providers";

/** By the name of the input; credentials and settings of one name are told apart by what stands before it. */
export type Answers = Record<string, string | boolean>;

export const CREDENTIAL = "credential_";
export const SETTING = "setting_";

/** The form as it is first shown: the provider's name, and what its manifest takes for usual. */
export function startingAnswers(provider: Provider): Answers {
  const credentials = provider.credential_fields.map((field) => [CREDENTIAL + field.name, ""] as const);
  const settings = provider.settings_fields.map(
    (field) =>
      [SETTING + field.name, field.type === "boolean" ? field.default === true : String(field.default ?? "")] as const,
  );
  return Object.fromEntries([["name", provider.name] as const, ...credentials, ...settings]);
}

/** The secrets that were given, without the spaces that copying adds. */
export function credentialsOf(provider: Provider, answers: Answers): Record<string, string> {
  const given = provider.credential_fields.map(
    ({ name }) => [name, String(answers[CREDENTIAL + name] ?? "").trim()] as const,
  );
  return Object.fromEntries(given.filter(([, secret]) => secret !== ""));
}

/** The settings that were given, each of its field's type. */
export function settingsOf(provider: Provider, answers: Answers): Record<string, string | number | boolean> {
  const given = provider.settings_fields.map(
    (field) => [field.name, settingOf(field, answers[SETTING + field.name])] as const,
  );
  return Object.fromEntries(given.filter((each): each is [string, string | number | boolean] => each[1] !== null));
}

function settingOf(field: ProviderField, answer: string | boolean | undefined): string | number | boolean | null {
  if (typeof answer === "boolean") return answer;
  const text = (answer ?? "").trim();
  if (text === "") return null;
  return field.type === "integer" ? Number(text) : text;
}

/** The names of fields that have a mark. */
export function namesOf(fields: readonly ProviderField[], mark: "by_consent" | "required"): string[] {
  return fields.filter((field) => field[mark]).map(({ name }) => name);
}
