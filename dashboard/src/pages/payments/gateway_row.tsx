/** One gateway of the list. */
import type { ReactNode } from "react";
import { Link } from "@tanstack/react-router";
import { Pencil } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { FIGURES_DAYS, type Gateway, type GatewayFigures, type Routing, useUpdateRouting } from "@/hooks/gateways";
import type { Traffic } from "@/hooks/monitoring";
import { compare } from "@/lib/decimal";
import { formatCount, formatDuration, formatRate, formatShare } from "@/lib/format";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Money } from "@/ui/money";
import { tellProblem } from "@/ui/toast";
import { Toggle } from "@/ui/toggle";
import { useWords } from "./words";

interface Props {
  gateway: Gateway;
  /** undefined: not known yet; null: they cannot be had. */
  figures: GatewayFigures | null | undefined;
  traffic: Traffic | undefined;
  onEdit: () => void;
  onSwitchOff: () => void;
}

export function GatewayRow({ gateway, figures, traffic, onEdit, onSwitchOff }: Props) {
  const { t } = useTranslation("payments");
  const { slug } = useOrganization();
  const may = useMay("developer");
  const update = useUpdateRouting();
  const { routing } = gateway;
  const toggle = (enabled: boolean) => {
    if (enabled) update.mutate({ connection: gateway.id, changes: { enabled } }, { onError: tellProblem });
    else onSwitchOff();
  };
  return (
    <li className="grid gap-x-6 gap-y-3 px-4 py-3 lg:grid-cols-[minmax(0,1.1fr)_minmax(0,1fr)_minmax(0,1.3fr)_auto]">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-2">
          <Link
            to="/o/$slug/payments"
            params={{ slug }}
            search={{ connection: gateway.id }}
            className="truncate font-medium hover:text-accent-strong hover:underline"
          >
            <bdi>{gateway.name}</bdi>
          </Link>
          <Status state={gateway.status === "active" ? gateway.health_state : gateway.status} />
          <EnvironmentBadge environment={gateway.environment} />
        </div>
        <p className="mt-0.5 text-[13px] text-muted">{gateway.provider.name}</p>
      </div>
      <Figures gatewayId={gateway.id} figures={figures} traffic={traffic} />
      {routing ? <Terms routing={routing} /> : <span className="text-muted">–</span>}
      <div className="flex items-center gap-2 lg:justify-end">
        {routing && (
          <Toggle
            checked={routing.enabled}
            onChange={toggle}
            disabled={!may || update.isPending}
            label={t("gateways.takes_part", { name: gateway.name })}
          />
        )}
        {may && routing && (
          <Button look="quiet" size="icon" aria-label={t("gateways.edit", { name: gateway.name })} onClick={onEdit}>
            <Pencil className="size-4" aria-hidden />
          </Button>
        )}
      </div>
    </li>
  );
}

interface FiguresProps {
  gatewayId: string;
  /** undefined: not known yet; null: they cannot be had. */
  figures: GatewayFigures | null | undefined;
  traffic: Traffic | undefined;
}

function Figures({ gatewayId, figures, traffic }: FiguresProps) {
  const { t } = useTranslation("payments");
  const { slug } = useOrganization();
  const style = useStyle();
  if (figures === null) return <span className="text-muted">–</span>;
  if (!figures) return <span className="h-4 w-32 animate-pulse rounded bg-sunken" />;
  return (
    <div className="flex flex-col gap-0.5 text-[13px]">
      <span className="tabular">
        {t("gateways.payments", {
          count: figures.payments,
          shown: formatCount(figures.payments, style),
          days: FIGURES_DAYS,
        })}
        {figures.failed > 0 && (
          <>
            {" · "}
            <Link
              to="/o/$slug/payments"
              params={{ slug }}
              search={{ connection: gatewayId, status: "failed" }}
              className="text-bad underline underline-offset-2"
            >
              {t("gateways.failed", { share: formatShare(figures.failed / figures.payments, style) })}
            </Link>
          </>
        )}
      </span>
      {figures.fees.map(({ currency, told, estimated }) => (
        <span key={currency} className="text-muted">
          {compare(told, 0) > 0 && (
            <>
              {t("gateways.fees")} <Money amount={told} currency={currency} />
            </>
          )}
          {compare(told, 0) > 0 && compare(estimated, 0) > 0 && " · "}
          {compare(estimated, 0) > 0 && (
            <>
              {t("gateways.fees_estimated")} <Money amount={estimated} currency={currency} />
            </>
          )}
        </span>
      ))}
      {traffic && traffic.calls > 0 && (
        <span className="tabular text-muted">
          {t("gateways.calls", { count: traffic.calls, shown: formatCount(traffic.calls, style) })}
          {traffic.meanMs !== null && <> · {formatDuration(traffic.meanMs, style)}</>}
        </span>
      )}
    </div>
  );
}

/** How it takes part, in words. */
function Terms({ routing }: { routing: Routing }) {
  const { t } = useTranslation("payments");
  const words = useWords();
  const limits: ReactNode[] = [
    ...(routing.currencies.length > 0 ? [<bdi key="currencies">{words.list(routing.currencies)}</bdi>] : []),
    ...(routing.countries.length > 0 ? [words.list(routing.countries.map(words.country))] : []),
    ...(routing.methods.length > 0 ? [words.list(routing.methods.map(words.method))] : []),
    ...(routing.minimum_amount !== null ? [t("terms.minimum", { amount: routing.minimum_amount })] : []),
    ...(routing.maximum_amount !== null ? [t("terms.maximum", { amount: routing.maximum_amount })] : []),
  ];
  return (
    <div className="flex flex-col gap-0.5 text-[13px]">
      <span className="tabular">
        {routing.enabled ? (
          <>
            {t("terms.priority", { priority: routing.priority })} · {t("terms.weight", { weight: routing.weight })}
          </>
        ) : (
          <span className="text-muted">{t("terms.off")}</span>
        )}
      </span>
      <span className="text-muted">
        <Fee routing={routing} />
      </span>
      {limits.length > 0 && (
        <span className="text-muted">
          {t("terms.only")}{" "}
          {limits.map((limit, index) => (
            <span key={index}>
              {index > 0 && " · "}
              {limit}
            </span>
          ))}
        </span>
      )}
    </div>
  );
}

function Fee({ routing }: { routing: Routing }) {
  const { t } = useTranslation("payments");
  const style = useStyle();
  const { fee_percent, fee_fixed, fee_currency } = routing;
  if (fee_percent === null && fee_fixed === null) return t("terms.no_fee");
  const percent = fee_percent === null ? null : formatRate(fee_percent, style);
  return (
    <>
      {t("terms.fee")} {percent && <bdi>{percent}</bdi>}
      {percent && fee_fixed !== null && " + "}
      {fee_fixed !== null &&
        (fee_currency ? <Money amount={fee_fixed} currency={fee_currency} /> : <bdi>{fee_fixed}</bdi>)}
    </>
  );
}
