/** Parcels: their weights and sizes as the hub has them, and in words. */
import type { Style } from "@/lib/format";

export interface Parcel {
  weight_kg: string;
  length_cm?: string | undefined;
  width_cm?: string | undefined;
  height_cm?: string | undefined;
}

const MEASURES = ["length_cm", "width_cm", "height_cm"] as const;

/** The parcels in the hub's JSON. */
export function parcelsOf(json: unknown): Parcel[] {
  if (!Array.isArray(json)) return [];
  return json.map((each: unknown) => {
    const facts = (each ?? {}) as Record<string, unknown>;
    const text = (name: string) => {
      const value = facts[name];
      return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
    };
    return {
      weight_kg: text("weight_kg") ?? "0",
      length_cm: text("length_cm"),
      width_cm: text("width_cm"),
      height_cm: text("height_cm"),
    };
  });
}

/** 1.2 kg · 30 × 20 × 10 cm */
export function parcelText(parcel: Parcel, { language }: Style): string {
  const locale = language === "ar" ? "ar-AE-u-nu-latn" : "en-AE";
  const weight = weightText([parcel], locale);
  const sizes = MEASURES.map((name) => parcel[name]);
  if (sizes.some((size) => size === undefined)) return weight;
  const centimetres = new Intl.NumberFormat(locale, { style: "unit", unit: "centimeter" });
  const [length = "", width = "", height = ""] = sizes;
  return `${weight} · ${length} × ${width} × ${centimetres.format(Number(height))}`;
}

function weightText(parcels: readonly Parcel[], locale: string): string {
  return new Intl.NumberFormat(locale, { style: "unit", unit: "kilogram", maximumFractionDigits: 3 }).format(
    weightOf(parcels),
  );
}

/** What parcels weigh together, in kilograms, without the crumbs of floating point. */
export function weightOf(parcels: readonly Parcel[]): number {
  return Math.round(parcels.reduce((sum, { weight_kg }) => sum + Number(weight_kg), 0) * 1000) / 1000;
}
