/** The carriers: how their connections are, what they have carried, what they can do, and how they are used. */
import { lazy, Suspense, useState } from "react";
import { Link } from "@tanstack/react-router";
import { Settings2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useStyle } from "@/app/style";
import { stateOf } from "@/hooks/connection_state";
import { type Traffic, useTraffic } from "@/hooks/monitoring";
import {
  type Carrier,
  type CarrierFigures,
  type CarrierRules,
  useCarrierFigures,
  useCarrierRules,
  useCarriers,
} from "@/hooks/shipping";
import { formatCount, formatDuration, formatShare } from "@/lib/format";
import { Badge, EnvironmentBadge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Result } from "@/ui/states";
import { ConnectCarrier } from "./connect_carrier";
import { useWords } from "./words";

const CarrierSettings = lazy(() =>
  import("./carrier_settings").then((module) => ({ default: module.CarrierSettings })),
);
const CAPABILITIES = [
  "quotes_rates",
  "ships_parcels",
  "tracks_shipments",
  "cancels_shipments",
  "makes_returns",
  "schedules_pickups",
  "proves_delivery",
  "checks_addresses",
];

export function Carriers() {
  const environment = useEnvironment();
  const carriers = useCarriers(environment);
  const rules = useCarrierRules();
  const figures = useCarrierFigures((carriers.data ?? []).map(({ connection }) => connection.id));
  const traffic = useTraffic(environment);
  const [changing, setChanging] = useState<Carrier | null>(null);
  const changed = changing && rules.data?.get(changing.connection.id);
  const priorityOf = ({ connection }: Carrier) => rules.data?.get(connection.id)?.priority ?? 100;
  return (
    <>
      <Result query={carriers} lines={8} empty={<ConnectCarrier />}>
        {(list) => (
          <ul className="grid gap-4 lg:grid-cols-2">
            {list
              .toSorted((one, other) => priorityOf(one) - priorityOf(other))
              .map((carrier) => (
                <Card
                  key={carrier.connection.id}
                  carrier={carrier}
                  rules={rules.data?.get(carrier.connection.id)}
                  figures={figures.data?.get(carrier.connection.id)}
                  traffic={traffic.data?.byConnection.get(carrier.connection.id)}
                  onChange={() => setChanging(carrier)}
                />
              ))}
          </ul>
        )}
      </Result>
      {changing && changed && (
        <Suspense>
          <CarrierSettings carrier={changing} rules={changed} onClose={() => setChanging(null)} />
        </Suspense>
      )}
    </>
  );
}

interface CardProps {
  carrier: Carrier;
  rules: CarrierRules | undefined;
  figures: CarrierFigures | undefined;
  traffic: Traffic | undefined;
  onChange: () => void;
}

function Card({ carrier, rules, figures, traffic, onChange }: CardProps) {
  const { t } = useTranslation("shipping");
  const { slug } = useOrganization();
  const style = useStyle();
  const can = useWords("can");
  const allowed = useMay("developer");
  const { connection, provider } = carrier;
  const state = stateOf(connection);
  const search = { connection: connection.id };
  return (
    <li className="flex flex-col gap-3 rounded-box border border-line bg-surface p-4">
      <div className="flex flex-wrap items-start justify-between gap-2">
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-2">
            <Link
              to="/o/$slug/settings"
              params={{ slug }}
              search={{ tab: "connections", connection: connection.id }}
              className="font-semibold hover:text-accent-strong hover:underline"
            >
              <bdi>{connection.name}</bdi>
            </Link>
            <Status state={state} />
            <EnvironmentBadge environment={connection.environment} />
            {rules && !rules.enabled && <Badge tone="warn">{t("carriers.not_used")}</Badge>}
          </p>
          <p className="mt-0.5 text-[13px] text-muted">
            <bdi>{provider?.name}</bdi>
            {rules && ` · ${t("carriers.priority", { n: rules.priority })}`}
          </p>
        </div>
        {rules && (
          <Button size="small" onClick={onChange}>
            <Settings2 className="size-3.5" aria-hidden />
            {allowed ? t("carriers.change") : t("carriers.look")}
          </Button>
        )}
      </div>
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Figure name={t("carriers.under_way")} value={figures && formatCount(figures.underWay, style)} />
        <Figure
          name={t("carriers.delivered")}
          value={
            figures && (figures.made > 0 ? formatShare(figures.delivered / figures.made, style) : t("carriers.nothing"))
          }
          note={figures && figures.made > 0 ? t("carriers.of_made", { count: figures.made }) : undefined}
        />
        <Figure name={t("carriers.exceptions")} value={figures && formatCount(figures.exceptions, style)} />
        <Figure
          name={t("carriers.calls")}
          value={traffic ? formatCount(traffic.calls, style) : "0"}
          note={
            traffic && traffic.calls > 0
              ? t("carriers.errors", {
                  share: formatShare(traffic.errors / traffic.calls, style),
                  mean: traffic.meanMs === null ? "–" : formatDuration(traffic.meanMs, style),
                })
              : undefined
          }
        />
      </dl>
      <p className="text-[13px] text-muted">
        {CAPABILITIES.filter(carrier.can)
          .map(can)
          .join(style.language === "ar" ? "، " : ", ")}
      </p>
      {rules && !carrier.can("quotes_rates") && rules.tariff instanceof Array && rules.tariff.length === 0 && (
        <p className="text-[13px] text-warn">{t("carriers.needs_tariff")}</p>
      )}
      <Link
        to="/o/$slug/shipping"
        params={{ slug }}
        search={search}
        className="self-start text-[13px] font-medium text-accent-strong underline-offset-2 hover:underline"
      >
        {t("carriers.shipments")}
      </Link>
    </li>
  );
}

function Figure({ name, value, note }: { name: string; value: string | undefined; note?: string | undefined }) {
  return (
    <div>
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="tabular text-lg font-semibold">{value ?? "…"}</dd>
      {note && <dd className="text-xs text-muted">{note}</dd>}
    </div>
  );
}
