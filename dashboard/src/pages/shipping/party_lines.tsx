/** Somebody's address as one writes it on a parcel. */
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { countryName, type Party } from "./places";
import { useWords } from "./words";

export function PartyLines({ party }: { party: Party }) {
  const { t } = useTranslation("shipping");
  const { language } = useStyle();
  const emirate = useWords("emirate");
  const lines = [
    party.company,
    party.line1,
    party.line2,
    [party.area, party.city, party.state, party.postal_code].filter(Boolean).join(", "),
    [party.emirate && emirate(party.emirate), party.country && countryName(party.country, language)]
      .filter(Boolean)
      .join(" · "),
    party.makani && t("party.makani_number", { number: party.makani }),
  ].filter(Boolean);
  return (
    <address className="not-italic">
      {party.name ? <bdi className="block font-medium">{party.name}</bdi> : null}
      {lines.map((line) => (
        <bdi key={line} className="block break-words">
          {line}
        </bdi>
      ))}
      {[party.phone, party.email].filter(Boolean).map((line) => (
        <bdi key={line} dir="ltr" className="block text-start text-[13px] break-all text-muted">
          {line}
        </bdi>
      ))}
    </address>
  );
}
