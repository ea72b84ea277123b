/** Deliveries under the days they were made on, each with what was given up and a way to send that anew. */
import { useMemo, useState } from "react";
import { RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useNow, useStyle } from "@/app/style";
import type { ListedDelivery, useDeliveries } from "@/hooks/deliveries";
import { useSubscriptions } from "@/hooks/subscriptions";
import { formatCount, formatDay } from "@/lib/format";
import { dayOf, spanOfDay } from "@/lib/period";
import { Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Time } from "@/ui/time";
import { DeliveryDrawer, ReplayDeliveries } from "./lazy";
import { useWebhooksSearch } from "./route";
import { Code } from "./shared";

interface Props {
  deliveries: ReturnType<typeof useDeliveries>;
  rows: readonly ListedDelivery[];
  /** What the list is filtered by, so that sending anew keeps to it. */
  type: string | null;
  subscription: string | undefined;
}

export function DeliveriesByDay({ deliveries, rows, type, subscription }: Props) {
  const { t } = useTranslation("webhooks");
  const { time_zone } = useOrganization();
  const { search, set } = useWebhooksSearch();
  const [retrying, setRetrying] = useState<string | null>(null);
  const days = useMemo(
    () => [...Map.groupBy(rows, ({ created_at }) => dayOf(created_at, time_zone))],
    [rows, time_zone],
  );
  const names = new Map(useSubscriptions().data?.map(({ id, name }) => [id, name]));
  return (
    <>
      <div className="flex flex-col gap-4">
        {days.map(([day, made]) => (
          <Day
            key={day}
            made={made}
            names={names}
            openId={search.delivery}
            onOpen={(delivery) => set({ delivery })}
            onRetry={() => setRetrying(day)}
          />
        ))}
        {deliveries.hasNextPage && (
          <Button
            className="self-center"
            busy={deliveries.isFetchingNextPage}
            onClick={() => void deliveries.fetchNextPage()}
          >
            {t("deliveries.more")}
          </Button>
        )}
      </div>
      {search.delivery !== undefined && (
        <DeliveryDrawer id={search.delivery} onClose={() => set({ delivery: undefined })} />
      )}
      {retrying !== null && (
        <ReplayDeliveries
          span={spanOfDay(retrying, time_zone)}
          type={type}
          subscription={subscription}
          dead
          onClose={() => setRetrying(null)}
        />
      )}
    </>
  );
}

interface DayProps {
  made: readonly ListedDelivery[];
  names: ReadonlyMap<string, string>;
  openId: string | undefined;
  onOpen: (id: string) => void;
  onRetry: () => void;
}

function Day({ made, names, openId, onOpen, onRetry }: DayProps) {
  const { t } = useTranslation("webhooks");
  const style = useStyle();
  const mayReplay = useMay("developer");
  const day = formatDay(made[0]?.created_at ?? "", style);
  const dead = made.filter(({ status }) => status === "dead").length;
  return (
    <section aria-label={day} className="rounded-box border border-line bg-surface [content-visibility:auto]">
      <header className="flex min-h-11 flex-wrap items-center justify-between gap-2 px-3 py-1.5">
        <h2 className="font-semibold">{day}</h2>
        <span className="flex items-center gap-3 text-[13px] text-muted">
          {t("deliveries.shown", { count: made.length, shown: formatCount(made.length, style) })}
          {dead > 0 && mayReplay && (
            <Button size="small" onClick={onRetry}>
              <RotateCcw className="size-3.5" aria-hidden />
              {t("deliveries.retry_all")}
            </Button>
          )}
        </span>
      </header>
      <div className="overflow-x-auto">
        <table className="w-full" aria-label={t("deliveries.label", { day })}>
          <thead className="bg-sunken text-xs text-muted">
            <tr>
              {(["status", "type", "subscription", "attempts", "answer", "next"] as const).map((column) => (
                <th
                  key={column}
                  scope="col"
                  className={`px-3 py-2 text-start font-medium whitespace-nowrap ${WIDE.has(column) ? "max-md:hidden" : ""}`}
                >
                  {t(`columns.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {made.map((delivery) => (
              <tr
                key={delivery.id}
                aria-current={delivery.id === openId || undefined}
                onClick={() => onOpen(delivery.id)}
                className="cursor-pointer border-t border-line hover:bg-sunken aria-current:bg-accent-soft"
              >
                <td className="px-3 py-2">
                  <Status state={delivery.status} />
                </td>
                <td className="px-3 py-2">
                  {/* The row's own way to be opened by the keyboard. */}
                  <button
                    type="button"
                    className="text-start hover:underline"
                    onClick={(event) => {
                      event.stopPropagation();
                      onOpen(delivery.id);
                    }}
                  >
                    <Code>{delivery.event_type}</Code>
                  </button>
                </td>
                <td className="px-3 py-2 max-md:hidden">
                  <bdi>{names.get(delivery.subscription_id) ?? t("deliveries.subscription_gone")}</bdi>
                </td>
                <td className="tabular px-3 py-2">{formatCount(delivery.attempts, style)}</td>
                <td className="px-3 py-2 max-md:hidden">
                  <LastAnswer delivery={delivery} />
                </td>
                <td className="px-3 py-2 whitespace-nowrap">
                  <Next delivery={delivery} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const WIDE = new Set(["subscription", "answer"]);

function LastAnswer({ delivery: { last_status, last_error } }: { delivery: ListedDelivery }) {
  if (last_error === null) return last_status === null ? "–" : <Code>{String(last_status)}</Code>;
  return (
    <span className="block max-w-72 truncate text-bad" lang="en" dir="auto" title={last_error}>
      {last_status !== null && `${last_status} · `}
      {last_error}
    </span>
  );
}

function Next({ delivery }: { delivery: ListedDelivery }) {
  const { t } = useTranslation("webhooks");
  const { status, next_attempt_at, delivered_at, created_at } = delivery;
  const now = useNow();
  if (status === "pending" && next_attempt_at) {
    if (Date.parse(next_attempt_at) <= now.getTime()) return t("deliveries.due");
    return (
      <>
        {t("deliveries.next")} <Time at={next_attempt_at} />
      </>
    );
  }
  return <Time at={delivered_at ?? created_at} />;
}
