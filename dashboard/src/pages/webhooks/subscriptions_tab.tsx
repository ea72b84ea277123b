/** Where events are sent. */
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { type Subscription, useSubscriptions } from "@/hooks/subscriptions";
import { Badge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { NO_FILTERS, useWebhooksSearch } from "./route";
import { Code, ConnectionName, useSubscriptionsShown } from "./shared";

const SubscriptionDrawer = lazy(() =>
  import("./subscription_drawer").then((module) => ({ default: module.SubscriptionDrawer })),
);
const SubscriptionForm = lazy(() =>
  import("./subscription_form").then((module) => ({ default: module.SubscriptionForm })),
);

export function SubscriptionsTab() {
  const { t } = useTranslation("webhooks");
  const { search, set } = useWebhooksSearch();
  const mayChange = useMay("developer");
  const subscriptions = useSubscriptions();
  const among = useSubscriptionsShown();
  const { connection } = search;
  const rows = useMemo(
    () =>
      (subscriptions.data ?? []).filter(
        ({ id, connection_id }) =>
          (among === null || among.includes(id)) && (!connection || connection_id === connection),
      ),
    [subscriptions.data, among, connection],
  );
  const columns = useMemo(
    (): Column<Subscription>[] => [
      {
        id: "name",
        header: t("columns.name"),
        cell: (row) => (
          <span className="flex min-w-0 flex-col">
            <bdi className="font-medium">{row.name}</bdi>
            <span dir="ltr" className="block max-w-72 truncate text-start text-[13px] text-muted">
              {row.url}
            </span>
          </span>
        ),
      },
      { id: "state", header: t("columns.status"), cell: (row) => <SubscriptionState subscription={row} /> },
      {
        id: "types",
        header: t("columns.types"),
        cell: (row) => (
          <span className="block max-w-64 truncate">
            <Code>{row.event_types.join(", ")}</Code>
          </span>
        ),
        wideOnly: true,
      },
      {
        id: "of",
        header: t("columns.connection"),
        cell: (row) => (row.connection_id ? <ConnectionName id={row.connection_id} /> : t("subscription.all")),
        wideOnly: true,
      },
      {
        id: "created",
        header: t("columns.made"),
        cell: (row) => <Time at={row.created_at} />,
        end: true,
        wideOnly: true,
      },
    ],
    [t],
  );
  const open = subscriptions.data?.find(({ id }) => id === search.subscription);
  return (
    <>
      <Result
        query={subscriptions}
        lines={6}
        isEmpty={() => rows.length === 0}
        empty={
          connection !== undefined && subscriptions.data?.length !== 0 ? (
            <NoMatch onClear={() => set(NO_FILTERS)} />
          ) : (
            <Empty
              title={t("subscriptions.empty")}
              action={
                mayChange && (
                  <Button look="primary" onClick={() => set({ add: "subscription" })}>
                    {t("add.subscription")}
                  </Button>
                )
              }
            >
              {t("subscriptions.empty_text")}
            </Empty>
          )
        }
      >
        {() => (
          <DataTable
            label={t("tabs.subscriptions")}
            columns={columns}
            rows={rows}
            rowId={({ id }) => id}
            openId={search.subscription ?? null}
            onOpen={({ id }) => set({ subscription: id })}
          />
        )}
      </Result>
      <Suspense>
        {open && (
          <SubscriptionDrawer key={open.id} subscription={open} onClose={() => set({ subscription: undefined })} />
        )}
        {search.add === "subscription" && mayChange && (
          <SubscriptionForm subscription={null} onClose={() => set({ add: undefined })} />
        )}
      </Suspense>
    </>
  );
}

/** On, off and why, or in trouble. */
export function SubscriptionState({ subscription }: { subscription: Subscription }) {
  const { t } = useTranslation("webhooks");
  const { enabled, disabled_reason, secret_set_at, failures } = subscription;
  const reason = (["gone", "failing", "invalid"] as const).find((each) => each === disabled_reason);
  if (!enabled) {
    return (
      <span className="flex flex-wrap gap-1">
        <Status state="disabled" />
        {reason && <Badge tone="bad">{t(`subscription.off.${reason}`)}</Badge>}
      </span>
    );
  }
  if (secret_set_at === null) return <Badge tone="warn">{t("subscription.no_secret")}</Badge>;
  if (failures > 0) return <Badge tone="warn">{t("subscription.failing", { count: failures })}</Badge>;
  return <Status state="active" />;
}
