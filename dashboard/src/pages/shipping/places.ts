/** Places and who is there: as the hub has them, and as people read them. */
import type { Language } from "@/lib/format";

/** Somebody at a place; once they are erased, only city, emirate, state and country are left. */
export interface Party {
  name?: string;
  company?: string;
  phone?: string;
  email?: string;
  line1?: string;
  line2?: string;
  area?: string;
  city?: string;
  emirate?: string;
  state?: string;
  postal_code?: string;
  country?: string;
  makani?: string;
  tax_number?: string;
}

export const PARTY_PARTS = [
  "name",
  "company",
  "phone",
  "email",
  "line1",
  "line2",
  "area",
  "city",
  "emirate",
  "state",
  "postal_code",
  "country",
  "makani",
  "tax_number",
] as const satisfies readonly (keyof Party)[];

export const EMIRATES = [
  "abu_dhabi",
  "dubai",
  "sharjah",
  "ajman",
  "umm_al_quwain",
  "ras_al_khaimah",
  "fujairah",
] as const;

/** ISO 3166-1 alpha-2. */
const COUNTRIES =
  "AE SA OM QA BH KW EG JO LB IQ YE SY PS IN PK BD LK PH NP AF IR TR AD AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BE BF BG BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IS IT JE JM JP KE KG KH KI KM KN KP KR KY KZ LA LC LI LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NR NU NZ PA PE PF PG PL PM PN PR PT PW PY RE RO RS RU RW SB SC SD SE SG SH SI SK SL SM SN SO SR SS ST SV SX SZ TC TD TF TG TH TJ TK TL TM TN TO TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS YT ZA ZM ZW".split(
    " ",
  );

const names: Partial<Record<Language, Intl.DisplayNames>> = {};

/** A country in the reader's language; what is no code stays as it is. */
export function countryName(code: string, language: Language): string {
  const known = (names[language] ??= new Intl.DisplayNames([language], { type: "region" }));
  return /^[A-Z]{2}$/.test(code) ? (known.of(code) ?? code) : code;
}

/** All countries to choose from: the Emirates, their neighbours, then the others by name. */
export function countryOptions(language: Language): { value: string; label: string }[] {
  const options = COUNTRIES.map((value) => ({ value, label: countryName(value, language) }));
  const near = options.slice(0, NEAR);
  return [...near, ...options.slice(NEAR).sort((one, other) => one.label.localeCompare(other.label, language))];
}

const NEAR = 22;

/** The texts of a party or place in the hub's JSON. */
export function partyOf(json: unknown): Party {
  const facts = typeof json === "object" && json !== null ? (json as Record<string, unknown>) : {};
  return Object.fromEntries(
    PARTY_PARTS.flatMap((part) => {
      const value = facts[part];
      return typeof value === "string" && value !== "" ? [[part, value]] : [];
    }),
  );
}

/** What is filled in of a form's party, trimmed. */
export function filledIn(party: Party): Party {
  return Object.fromEntries(
    Object.entries(party)
      .map(([part, value]): [string, string] => [part, typeof value === "string" ? value.trim() : ""])
      .filter(([, value]) => value !== ""),
  );
}

/** City and country in one line. */
export function townOf(place: Party, language: Language): string {
  return [place.city, place.country && countryName(place.country, language)]
    .filter(Boolean)
    .join(language === "ar" ? "، " : ", ");
}
