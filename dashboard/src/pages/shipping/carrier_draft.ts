/** A carrier's rules as a form has them, and back. */
import type { CarrierChanges, CarrierRules } from "@/hooks/shipping";
import type { Enum } from "@/lib/supabase";
import { EMIRATES } from "./places";

export interface TariffDraft {
  service: string;
  name: string;
  level: Enum<"service_level">;
  currency: string;
  base_amount: string;
  base_kg: string;
  step_kg: string;
  step_amount: string;
  cash_amount: string;
  transit_days: string;
  /** Codes with commas between them; empty: all. */
  emirates: string;
  countries: string;
}

export interface RulesDraft {
  enabled: boolean;
  cash_on_delivery: boolean;
  priority: string;
  stalled_after_hours: string;
  minimum_weight_kg: string;
  maximum_weight_kg: string;
  countries: string;
  services: string;
  default_service: string;
  emirates: (typeof EMIRATES)[number][];
  levels: Enum<"service_level">[];
  tariff: TariffDraft[];
}

export const TARIFF_LINE: TariffDraft = {
  service: "",
  name: "",
  level: "standard",
  currency: "AED",
  base_amount: "",
  base_kg: "",
  step_kg: "",
  step_amount: "",
  cash_amount: "",
  transit_days: "",
  emirates: "",
  countries: "",
};

export function draftOf(rules: CarrierRules): RulesDraft {
  const text = (value: number | string | null) => (value === null ? "" : String(value));
  return {
    enabled: rules.enabled,
    cash_on_delivery: rules.cash_on_delivery,
    priority: text(rules.priority),
    stalled_after_hours: text(rules.stalled_after_hours),
    minimum_weight_kg: text(rules.minimum_weight_kg),
    maximum_weight_kg: text(rules.maximum_weight_kg),
    countries: rules.countries.join(", "),
    services: rules.services.join(", "),
    default_service: text(rules.default_service),
    emirates: EMIRATES.filter((emirate) => rules.emirates.includes(emirate)),
    levels: rules.levels,
    tariff: (Array.isArray(rules.tariff) ? rules.tariff : []).map(lineDraft),
  };
}

function lineDraft(json: unknown): TariffDraft {
  const line = (json ?? {}) as Record<string, unknown>;
  const text = (name: string) => {
    const value = line[name];
    if (Array.isArray(value)) return value.join(", ");
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  const texts = Object.fromEntries(Object.keys(TARIFF_LINE).map((name) => [name, text(name)]));
  return { ...TARIFF_LINE, ...texts };
}

/** The fields that cannot be what they should, by the names that the hub gives them in errors. */
export function unfitIn(draft: RulesDraft): Set<string> {
  const unfit = new Set<string>();
  const whole = (name: "priority" | "stalled_after_hours", least: number, most: number) => {
    const value = Number(draft[name]);
    if (!/^\d+$/.test(draft[name].trim()) || value < least || value > most) unfit.add(name);
  };
  whole("priority", 0, 1000);
  whole("stalled_after_hours", 1, 720);
  for (const name of ["minimum_weight_kg", "maximum_weight_kg"] as const)
    if (!/^(\d{1,5}(\.\d{1,3})?)?$/.test(draft[name].trim())) unfit.add(name);
  draft.tariff.forEach((line, place) => {
    if (!line.service.trim()) unfit.add(`tariff.${place}.service`);
    if (!/^\d{1,6}(\.\d{1,3})?$/.test(line.base_amount.trim())) unfit.add(`tariff.${place}.base_amount`);
  });
  return unfit;
}

/** What is written to the carrier's row; all of it, since what is emptied is to be emptied there. */
export function changesOf(draft: RulesDraft): CarrierChanges {
  const orNull = (text: string) => text.trim() || null;
  return {
    enabled: draft.enabled,
    cash_on_delivery: draft.cash_on_delivery,
    priority: Number(draft.priority),
    stalled_after_hours: Number(draft.stalled_after_hours),
    // Decimals go as they were written: a floating-point number could lose some of it.
    minimum_weight_kg: orNull(draft.minimum_weight_kg) as number | null,
    maximum_weight_kg: orNull(draft.maximum_weight_kg) as number | null,
    countries: codesIn(draft.countries).map((code) => code.toUpperCase()),
    services: codesIn(draft.services),
    default_service: orNull(draft.default_service),
    emirates: draft.emirates,
    levels: draft.levels,
    tariff: draft.tariff.map(lineOf),
  };
}

function lineOf({ emirates, countries, transit_days, ...texts }: TariffDraft) {
  const kept = Object.entries(texts).filter(([, text]) => text.trim() !== "");
  return {
    ...Object.fromEntries(kept.map(([name, text]) => [name, text.trim()])),
    ...(emirates.trim() && { emirates: codesIn(emirates).map((code) => code.toLowerCase().replaceAll(" ", "_")) }),
    ...(countries.trim() && { countries: codesIn(countries).map((code) => code.toUpperCase()) }),
    ...(transit_days.trim() && { transit_days: Number(transit_days) }),
  };
}

function codesIn(text: string): string[] {
  return text
    .split(",")
    .map((code) => code.trim())
    .filter(Boolean);
}
