/** A lead while it is written in a form, and the arguments of `upsert_lead` that it comes to. */
import type { Lead } from "@/hooks/leads";
import type { Arguments } from "@/lib/supabase";
import { commaList } from "@/lib/text_lists";

export interface LeadDraft {
  email: string;
  phone: string;
  first_name: string;
  last_name: string;
  company: string;
  language: string;
  country: string;
  tags: string;
  attributes: [string, string][];
  agreed: boolean;
  purpose: string;
  textVersion: string;
}

const TEXTS = ["email", "phone", "first_name", "last_name", "company", "language", "country"] as const;

/** What the form begins with. */
export function leadDraft(lead: Lead | null): LeadDraft {
  const [email, phone, first_name, last_name, company, language, country] = TEXTS.map((name) => lead?.[name] ?? "") as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    ...{ email, phone, first_name, last_name, company, language, country },
    tags: lead?.tags.join(", ") ?? "",
    attributes: Object.entries((lead?.attributes ?? {}) as Record<string, string>),
    agreed: false,
    purpose: "marketing_email",
    textVersion: "",
  };
}

/** What is left empty is left out, so it stays; tags and attributes that are gone from the form are taken away. */
export function leadArguments(draft: LeadDraft, lead: Lead | null): Arguments<"upsert_lead"> {
  const texts = TEXTS.map((name) => [name, draft[name].trim()] as const).filter(([, text]) => text !== "");
  const tags = commaList(draft.tags);
  const attributes = Object.fromEntries(draft.attributes.filter(([name]) => name.trim() !== ""));
  const gone = Object.keys((lead?.attributes ?? {}) as object).filter((name) => !(name in attributes));
  return {
    ...Object.fromEntries(texts),
    ...(lead === null && { source: "dashboard" }),
    tags,
    untags: (lead?.tags ?? []).filter((tag) => !tags.includes(tag)),
    attributes: { ...attributes, ...Object.fromEntries(gone.map((name) => [name, null])) },
    ...(draft.agreed && {
      consents: [
        {
          purpose: draft.purpose.trim(),
          state: "given",
          ...(draft.textVersion.trim() !== "" && { text_version: draft.textVersion.trim() }),
        },
      ],
    }),
  };
}
