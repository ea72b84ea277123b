/** A lead form while it is written, and the arguments that it comes to. */
import type { FormDraft, FormField, LeadForm } from "@/hooks/lead_forms";
import { commaList, lineList } from "@/lib/text_lists";

export interface FieldDraft {
  name: string;
  label: string;
  type: FormField["type"];
  required: boolean;
  /** Of a choice, with commas between. */
  choices: string;
  mapsTo: string;
}

export interface Draft {
  name: string;
  fields: FieldDraft[];
  asks: boolean;
  purpose: string;
  text: string;
  version: string;
  doubleOptIn: boolean;
  /** A line each. */
  origins: string;
  redirect: string;
  mostPerMinute: string;
  mostPerVisitor: string;
}

export const NEW_FIELD: FieldDraft = { name: "", label: "", type: "text", required: false, choices: "", mapsTo: "" };

/** What the dialog begins with: a new form asks for an e-mail address and a first name. */
export function draftOf(form: LeadForm | null): Draft {
  return {
    name: form?.name ?? "",
    fields: form
      ? form.fields.map(fieldDraft)
      : [
          { ...NEW_FIELD, name: "email", type: "email", required: true },
          { ...NEW_FIELD, name: "first_name" },
        ],
    asks: form ? form.purpose !== null : true,
    purpose: form?.purpose ?? "marketing_email",
    text: form?.consent_text ?? "",
    version: form?.text_version ?? "1",
    doubleOptIn: form?.double_opt_in ?? false,
    origins: form?.allowed_origins.join("\n") ?? "",
    redirect: form?.redirect_url ?? "",
    mostPerMinute: String(form?.most_per_minute ?? 30),
    mostPerVisitor: String(form?.most_per_visitor_minute ?? 5),
  };
}

function fieldDraft({ name, label, type, required, choices, maps_to }: FormField): FieldDraft {
  return {
    name,
    label: label ?? "",
    type,
    required: required ?? false,
    choices: choices?.join(", ") ?? "",
    mapsTo: maps_to ?? "",
  };
}

/** The arguments of `create_lead_form` or `update_lead_form`. */
export function formOf(draft: Draft): FormDraft["form"] {
  return {
    name: draft.name.trim(),
    fields: draft.fields.map(fieldOf) as never,
    ...(draft.asks && {
      purpose: draft.purpose.trim(),
      consent_text: draft.text.trim(),
      text_version: draft.version.trim(),
    }),
    double_opt_in: draft.asks && draft.doubleOptIn,
    allowed_origins: lineList(draft.origins),
    ...(draft.redirect.trim() !== "" && { redirect_url: draft.redirect.trim() }),
    most_per_minute: Number(draft.mostPerMinute),
    most_per_visitor_minute: Number(draft.mostPerVisitor),
  };
}

function fieldOf({ name, label, type, required, choices, mapsTo }: FieldDraft): FormField {
  return {
    name: name.trim(),
    type,
    ...(required && { required }),
    ...(label.trim() !== "" && { label: label.trim() }),
    ...(type === "choice" && { choices: commaList(choices) }),
    ...(mapsTo.trim() !== "" && { maps_to: mapsTo.trim() }),
  };
}
