/** What a site's owner pastes into a page: the form in plain HTML, and the same for a script. */
import type { FormField, LeadForm } from "@/hooks/lead_forms";

type Embedded = Pick<LeadForm, "fields" | "purpose" | "consent_text">;

/** The form as HTML; it needs no script. A field that people do not see keeps programs out. */
export function htmlOf({ fields, purpose, consent_text }: Embedded, url: string): string {
  const consent =
    purpose === null
      ? []
      : [`  <label><input name="consent" type="checkbox" required> ${escaped(consent_text ?? "")}</label>`];
  return [
    `<form method="post" action="${escaped(url)}">`,
    ...fields.map((field) => `  ${controlOf(field)}`),
    ...consent,
    `  <input name="website" hidden tabindex="-1" autocomplete="off">`,
    `  <button>Send</button>`,
    `</form>`,
  ].join("\n");
}

function controlOf({ name, type, label, required = false, choices = [] }: FormField): string {
  const needed = required ? " required" : "";
  const named = `name="${escaped(name)}"`;
  if (type === "hidden") return `<input type="hidden" ${named} value="">`;
  const said = escaped(label ?? name);
  if (type === "choice") {
    const options = choices.map((choice) => `<option>${escaped(choice)}</option>`).join("");
    return `<label>${said} <select ${named}${needed}>${options}</select></label>`;
  }
  if (type === "checkbox") return `<label><input ${named} type="checkbox"${needed}> ${said}</label>`;
  const kind = { email: "email", phone: "tel", text: "text" }[type];
  return `<label>${said} <input ${named} type="${kind}"${needed}></label>`;
}

/** The call that a script makes, with an answer for each field. */
export function scriptOf({ fields, purpose }: Embedded, url: string): string {
  const answers = Object.fromEntries(fields.map(({ name, type }) => [name, EXAMPLES[type]]));
  const body = JSON.stringify(purpose === null ? answers : { ...answers, consent: true }, null, 2);
  return [
    `await fetch(${JSON.stringify(url)}, {`,
    `  method: "POST",`,
    `  headers: { "content-type": "application/json" },`,
    `  body: JSON.stringify(${body.replaceAll("\n", "\n  ")}),`,
    `});`,
  ].join("\n");
}

const EXAMPLES: Record<FormField["type"], string | boolean> = {
  email: "fatima@example.ae",
  phone: "+971500000001",
  text: "…",
  choice: "…",
  checkbox: true,
  hidden: "…",
};

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
