/** What was given up, on either side, until somebody has it done anew. */
import { useMemo, useState } from "react";
import { CircleCheck, RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useDeliveries } from "@/hooks/deliveries";
import { useWebhookEvents } from "@/hooks/webhook_events";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { DeliveriesByDay } from "./deliveries_by_day";
import { EventsTable } from "./events_table";
import { ReplayDeliveries, ReplayEvents } from "./lazy";
import { BEGINNING, useConnectionsShown, useSubscriptionsShown } from "./shared";

export function DeadTab() {
  return (
    <div className="flex flex-col gap-5">
      <Received />
      <Sent />
    </div>
  );
}

function Received() {
  const { t } = useTranslation("webhooks");
  const mayReplay = useMay("developer");
  const connections = useConnectionsShown();
  const filters = useMemo(() => ({ status: "dead", connections }), [connections]);
  const events = useWebhookEvents(filters);
  const rows = useMemo(() => events.data?.pages.flat() ?? [], [events.data]);
  const [replaying, setReplaying] = useState(false);
  return (
    <Panel
      title={t("dead.received")}
      aside={
        mayReplay &&
        rows.length > 0 && (
          <Button size="small" onClick={() => setReplaying(true)}>
            <RotateCcw className="size-3.5" aria-hidden />
            {t("dead.replay_all")}
          </Button>
        )
      }
    >
      <Result query={events} isEmpty={() => rows.length === 0} empty={<Nothing text={t("dead.received_none")} />}>
        {() => (
          <div className="p-3">
            <EventsTable events={events} rows={rows} />
          </div>
        )}
      </Result>
      {replaying && <ReplayEvents of={filters} onClose={() => setReplaying(false)} />}
    </Panel>
  );
}

function Sent() {
  const { t } = useTranslation("webhooks");
  const mayReplay = useMay("developer");
  const subscriptions = useSubscriptionsShown();
  const filters = useMemo(() => ({ status: "dead", subscriptions }), [subscriptions]);
  const deliveries = useDeliveries(filters);
  const rows = useMemo(() => deliveries.data?.pages.flat() ?? [], [deliveries.data]);
  const [replaying, setReplaying] = useState(false);
  return (
    <Panel
      title={t("dead.sent")}
      aside={
        mayReplay &&
        rows.length > 0 && (
          <Button size="small" onClick={() => setReplaying(true)}>
            <RotateCcw className="size-3.5" aria-hidden />
            {t("dead.retry_all")}
          </Button>
        )
      }
    >
      <Result query={deliveries} isEmpty={() => rows.length === 0} empty={<Nothing text={t("dead.sent_none")} />}>
        {() => (
          <div className="p-3">
            <DeliveriesByDay deliveries={deliveries} rows={rows} type={null} subscription={undefined} />
          </div>
        )}
      </Result>
      {replaying && (
        <ReplayDeliveries
          span={{ since: BEGINNING, until: null }}
          type={null}
          subscription={undefined}
          dead
          onClose={() => setReplaying(false)}
        />
      )}
    </Panel>
  );
}

function Nothing({ text }: { text: string }) {
  const { t } = useTranslation("webhooks");
  return (
    <Empty icon={CircleCheck} title={t("dead.none")}>
      {text}
    </Empty>
  );
}
