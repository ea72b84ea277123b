/** What is sent to the organization's own servers: filters above the list. */
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { type DeliveryStatus, useDeliveries } from "@/hooks/deliveries";
import { useSubscriptions } from "@/hooks/subscriptions";
import { spanOf } from "@/lib/period";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Combobox } from "@/ui/combobox";
import { FilterBar } from "@/ui/filter_bar";
import { Select } from "@/ui/select";
import { Empty, NoMatch, Result } from "@/ui/states";
import { DeliveriesByDay } from "./deliveries_by_day";
import { ReplayDeliveries } from "./lazy";
import { NO_FILTERS, useWebhooksSearch } from "./route";
import { PeriodFilter, TextFilter, useSubscriptionsShown } from "./shared";

const STATUSES: DeliveryStatus[] = ["pending", "delivered", "dead"];

export function DeliveriesTab() {
  const { t } = useTranslation(["webhooks", "common"]);
  const { search, set } = useWebhooksSearch();
  const { time_zone } = useOrganization();
  const mayReplay = useMay("developer");
  const { data: subscriptions = [] } = useSubscriptions();
  const among = useSubscriptionsShown();
  const [replaying, setReplaying] = useState(false);
  const { status, subscription, type, about, period, from, to } = search;
  const filters = useMemo(
    () => ({ status, subscription, type, about, period, from, to, subscriptions: among }),
    [status, subscription, type, about, period, from, to, among],
  );
  const deliveries = useDeliveries(filters);
  const rows = useMemo(() => deliveries.data?.pages.flat() ?? [], [deliveries.data]);
  const filtered = [status, subscription, type, about, period].some(Boolean);
  const { since, until } = spanOf({ period, from, to }, time_zone);
  return (
    <>
      <FilterBar
        filtered={filtered}
        onClear={() => set(NO_FILTERS)}
        aside={
          mayReplay &&
          since !== null &&
          status !== "pending" &&
          about === undefined && (
            <Button size="small" onClick={() => setReplaying(true)}>
              {t("deliveries.replay_fitting")}
            </Button>
          )
        }
      >
        <Select
          compact
          aria-label={t("filters.status")}
          value={status ?? "all"}
          onChange={(next) => set({ status: next === "all" ? undefined : next })}
          options={[
            { value: "all", label: t("filters.any_status") },
            ...STATUSES.map((value) => ({ value, label: t(`common:status.${value}`) })),
          ]}
        />
        <Combobox
          clearable
          label={t("filters.subscription")}
          value={subscription ?? null}
          onChange={(next) => set({ subscription: next ?? undefined })}
          options={subscriptions.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <TextFilter label={t("filters.type")} value={type} onChange={(next) => set({ type: next })} />
        <PeriodFilter value={{ period, from, to }} onChange={set} />
        {about !== undefined && <Badge tone="info">{t("deliveries.of_one_event")}</Badge>}
      </FilterBar>
      <Result
        query={deliveries}
        lines={10}
        isEmpty={() => rows.length === 0}
        empty={
          filtered ? (
            <NoMatch onClear={() => set(NO_FILTERS)} />
          ) : (
            <Empty
              title={t("deliveries.empty")}
              action={<Button onClick={() => set({ tab: "subscriptions" })}>{t("deliveries.empty_action")}</Button>}
            >
              {t("deliveries.empty_text")}
            </Empty>
          )
        }
      >
        {() => <DeliveriesByDay deliveries={deliveries} rows={rows} type={type ?? null} subscription={subscription} />}
      </Result>
      {replaying && since !== null && (
        <ReplayDeliveries
          span={{ since, until }}
          type={type ?? null}
          subscription={subscription}
          dead={status !== "delivered"}
          delivered={status === "delivered"}
          onClose={() => setReplaying(false)}
        />
      )}
    </>
  );
}
