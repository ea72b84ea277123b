/** What the form of prices asks for, and the call that it becomes. */
import type { Environment } from "@/hooks/connections";
import type { Arguments, Enum } from "@/lib/supabase";
import { filledIn, type Party } from "./places";

export const LEVELS = ["same_day", "next_day", "express", "standard", "economy", "freight"] as const;
export const RULES = ["price", "speed", "priority"] as const;

export interface ParcelDraft {
  weight_kg: string;
  length_cm: string;
  width_cm: string;
  height_cm: string;
}

export interface CustomsItemDraft {
  description: string;
  quantity: string;
  unit_value: string;
  weight_kg: string;
  hs_code: string;
  origin_country: string;
}

export interface RateDraft {
  environment: Environment;
  /** The id of the location that it is sent from. */
  location: string;
  recipient: Party;
  parcels: ParcelDraft[];
  contents: "goods" | "documents";
  description: string;
  currency: string;
  cash_on_delivery_amount: string;
  declared_value: string;
  signature_required: boolean;
  rank_by: Enum<"shipping_rule">;
  /** Empty: however fast. */
  level: Enum<"service_level"> | "";
  items: CustomsItemDraft[];
}

export const PARCEL: ParcelDraft = { weight_kg: "", length_cm: "", width_cm: "", height_cm: "" };
export const ITEM: CustomsItemDraft = {
  description: "",
  quantity: "1",
  unit_value: "",
  weight_kg: "",
  hs_code: "",
  origin_country: "AE",
};

/** An empty form. */
export function newDraft(environment: Environment, country: string): RateDraft {
  return {
    environment,
    location: "",
    recipient: { country, city: "" },
    parcels: [PARCEL],
    contents: "goods",
    description: "",
    currency: "AED",
    cash_on_delivery_amount: "",
    declared_value: "",
    signature_required: false,
    rank_by: "price",
    level: "",
    items: [ITEM],
  };
}

/** Whether customs has to be told what it is. */
export function needsCustoms({ contents, recipient }: RateDraft, sender: Party): boolean {
  return contents === "goods" && recipient.country !== sender.country;
}

/** The fields that are empty and may not be, by the names that the hub gives them in errors. */
export function missingIn(draft: RateDraft, sender: Party): Set<string> {
  const missing = new Set<string>();
  const need = (field: string, value: string | undefined) => {
    if (!value?.trim()) missing.add(field);
  };
  need("recipient.city", draft.recipient.city);
  need("recipient.country", draft.recipient.country);
  draft.parcels.forEach((parcel, place) => need(`parcels.${place}.weight_kg`, parcel.weight_kg));
  if (needsCustoms(draft, sender)) {
    draft.items.forEach((item, place) => {
      for (const part of ["description", "unit_value", "weight_kg", "origin_country"] as const)
        need(`customs.items.${place}.${part}`, item[part]);
    });
  }
  return missing;
}

/** The call that asks carriers for prices. */
export function quoteArguments(
  draft: RateDraft,
  sender: Party,
): Omit<Arguments<"quote_shipment">, "organization_id" | "idempotency_key"> {
  const { environment, recipient, parcels, contents, currency, signature_required, rank_by, level } = draft;
  const texts = filled({
    description: draft.description,
    cash_on_delivery_amount: draft.cash_on_delivery_amount,
    declared_value: draft.declared_value,
  });
  const customs = { currency, items: draft.items.map(itemOf) };
  return {
    environment,
    sender: { ...sender },
    recipient: { ...filledIn(recipient) },
    parcels: parcels.map((parcel) => filled({ ...parcel })),
    contents,
    currency,
    signature_required,
    rank_by,
    ...(level && { levels: [level] }),
    ...(needsCustoms(draft, sender) && { customs }),
    ...texts,
  };
}

function itemOf({ quantity, ...texts }: CustomsItemDraft) {
  return { ...filled(texts), quantity: Number(quantity) || 1 };
}

/** What is not empty, trimmed. */
function filled<K extends string>(texts: Record<K, string>): Partial<Record<K, string>> {
  const kept = Object.entries<string>(texts).map(([name, text]) => [name, text.trim()]);
  return Object.fromEntries(kept.filter(([, text]) => text !== "")) as Partial<Record<K, string>>;
}
