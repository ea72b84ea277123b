/** Prices compared: what is sent and where, then what each carrier asks for it. */
import { useState } from "react";
import { MapPin, Scale, Truck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useCarriers, useLocations } from "@/hooks/shipping";
import { Button } from "@/ui/button";
import { Empty, NoPermission, Result } from "@/ui/states";
import { RateForm } from "./rate_form";
import { RateResults } from "./rate_results";
import { ConnectCarrier } from "./connect_carrier";
import { shippingRoute } from "./route";

export function Rates() {
  const { t } = useTranslation("shipping");
  const { quote } = shippingRoute.useSearch();
  const navigate = shippingRoute.useNavigate();
  const environment = useEnvironment();
  const allowed = useMay("developer");
  const carriers = useCarriers(environment);
  const locations = useLocations();
  // Those who only read may look at what was quoted.
  const [asked, setAsked] = useState(0);
  if (!allowed && !quote) return <NoPermission needs="developer" />;
  return (
    <Result query={carriers} lines={8} empty={<ConnectCarrier />}>
      {(list) => (
        <Result
          query={locations}
          empty={
            <Empty
              icon={MapPin}
              title={t("rates.no_location")}
              action={
                <Button
                  look="primary"
                  onClick={() => void navigate({ search: (before) => ({ ...before, tab: "locations" }) })}
                >
                  {t("locations.add")}
                </Button>
              }
            >
              {t("rates.no_location_text")}
            </Empty>
          }
        >
          {(places) => (
            <div className="grid items-start gap-5 lg:grid-cols-[minmax(20rem,30rem)_minmax(0,1fr)]">
              {allowed && (
                <RateForm
                  locations={places}
                  environments={[...new Set(list.map(({ connection }) => connection.environment))]}
                  onAsked={(id) => {
                    setAsked((before) => before + 1);
                    void navigate({ search: (before) => ({ ...before, quote: id }) });
                  }}
                />
              )}
              {quote ? (
                <RateResults key={`${quote}-${asked}`} quoteId={quote} />
              ) : (
                <div className="rounded-box border border-dashed border-line">
                  <Empty icon={list.length > 1 ? Scale : Truck} title={t("rates.empty")}>
                    {t("rates.empty_text", { count: list.length })}
                  </Empty>
                </div>
              )}
            </div>
          )}
        </Result>
      )}
    </Result>
  );
}
