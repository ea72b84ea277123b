/** Who and what of a shipment, in pairs of a name and a value. */
import { Fact, Facts as FactList } from "@/ui/facts";
import type { ReactNode } from "react";
import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import type { Shipment } from "@/hooks/shipments";
import { CopyButton, Id } from "@/ui/copy_button";
import { Money } from "@/ui/money";
import { Time } from "@/ui/time";
import { CarrierName } from "./carrier_name";
import { PartyLines } from "./party_lines";
import { partyOf } from "./places";
import { parcelsOf, parcelText } from "./parcels";
import { shippingRoute } from "./route";
import { useWords } from "./words";

export function Facts({ shipment }: { shipment: Shipment }) {
  const { t } = useTranslation("shipping");
  const level = useWords("level");
  const { currency } = shipment;
  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <Box title={t("facts.recipient")}>
          <PartyLines party={partyOf(shipment.recipient)} />
        </Box>
        <Box title={t("facts.sender")}>
          <PartyLines party={partyOf(shipment.sender)} />
        </Box>
      </div>
      <FactList>
        {shipment.connection_id && (
          <Fact name={t("facts.carrier")}>
            <CarrierName id={shipment.connection_id} />
          </Fact>
        )}
        {shipment.service && (
          <Fact name={t("facts.service")}>
            <span dir="ltr">{shipment.service}</span>
            {shipment.level && <span className="text-muted"> · {level(shipment.level)}</span>}
          </Fact>
        )}
        {shipment.tracking_number && (
          <Fact name={t("facts.tracking_number")}>
            <span className="inline-flex flex-wrap items-center gap-1">
              <code className="font-mono text-[13px]" dir="ltr">
                {shipment.tracking_number}
              </code>
              <CopyButton text={shipment.tracking_number} label={t("facts.copy_tracking")} />
              {shipment.tracking_url && (
                <a
                  href={shipment.tracking_url}
                  target="_blank"
                  rel="noreferrer"
                  className="inline-flex items-center gap-1 text-accent-strong underline underline-offset-2"
                >
                  {t("facts.carrier_page")}
                  <ExternalLink className="size-3.5" aria-hidden />
                </a>
              )}
            </span>
          </Fact>
        )}
        <Parcels shipment={shipment} />
        {shipment.cost !== null && shipment.cost_currency && (
          <Fact name={t("facts.cost")}>
            <Money amount={shipment.cost} currency={shipment.cost_currency} />
          </Fact>
        )}
        {(["cash_on_delivery_amount", "declared_value", "insured_value"] as const).map(
          (name) =>
            shipment[name] !== null && (
              <Fact key={name} name={t(`facts.${name}`)}>
                <Money amount={shipment[name]} currency={currency} />
              </Fact>
            ),
        )}
        <Fact name={t("facts.contents")}>
          {t(`contents.${shipment.contents === "documents" ? "documents" : "goods"}`)}
          {shipment.description.toLowerCase() !== shipment.contents && (
            <span className="text-muted">
              {" · "}
              <bdi>{shipment.description}</bdi>
            </span>
          )}
        </Fact>
        {shipment.instructions && <Fact name={t("facts.instructions")}>{<bdi>{shipment.instructions}</bdi>}</Fact>}
        {shipment.signed_by && <Fact name={t("facts.signed_by")}>{<bdi>{shipment.signed_by}</bdi>}</Fact>}
        {shipment.estimated_delivery_at && (
          <Fact name={t("facts.estimated")}>
            <Time at={shipment.estimated_delivery_at} absolute />
          </Fact>
        )}
        {shipment.return_of && (
          <Fact name={t("facts.return_of")}>
            <OtherShipment id={shipment.return_of} />
          </Fact>
        )}
        <Fact name={t("facts.created")}>
          <Time at={shipment.created_at} absolute />
        </Fact>
        <Fact name={t("facts.id")}>
          <Id value={shipment.id} />
        </Fact>
        <Fact name={t("facts.token")}>
          <Id value={shipment.tracking_token} />
          <p className="text-[13px] text-muted">{t("facts.token_help")}</p>
        </Fact>
      </FactList>
    </div>
  );
}

function Parcels({ shipment }: { shipment: Shipment }) {
  const { t } = useTranslation("shipping");
  const style = useStyle();
  return (
    <Fact name={t("facts.parcels")}>
      <ul>
        {parcelsOf(shipment.parcels).map((parcel, place) => (
          <li key={place} className="tabular">
            <bdi>{parcelText(parcel, style)}</bdi>
            {shipment.parcel_tracking_numbers.length > 1 && (
              <span className="ms-2">
                <code className="font-mono text-xs text-muted" dir="ltr">
                  {shipment.parcel_tracking_numbers[place]}
                </code>
              </span>
            )}
          </li>
        ))}
      </ul>
    </Fact>
  );
}

function OtherShipment({ id }: { id: string }) {
  const { t } = useTranslation("shipping");
  const navigate = shippingRoute.useNavigate();
  return (
    <button
      type="button"
      className="text-accent-strong underline underline-offset-2"
      onClick={() => void navigate({ search: (before) => ({ ...before, shipment: id }) })}
    >
      {t("facts.open_outward")}
    </button>
  );
}

function Box({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="rounded-box border border-line p-3">
      <h4 className="mb-1 text-[13px] text-muted">{title}</h4>
      {children}
    </div>
  );
}
