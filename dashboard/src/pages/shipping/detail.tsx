/** One shipment: how far it has come, its papers, who and what, all that was reported, and what can be done with it. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Shipment, useShipment, useShipmentEvents } from "@/hooks/shipments";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { Drawer } from "@/ui/dialog";
import { Result } from "@/ui/states";
import { Actions } from "./detail_actions";
import { Facts } from "./detail_facts";
import { Papers } from "./papers";
import { ProgressSteps } from "./progress_steps";
import { Timeline } from "./timeline";
import { Unresolved } from "./unresolved";

interface Props {
  shipmentId: string;
  onClose: () => void;
}

export function Detail({ shipmentId, onClose }: Props) {
  const { t } = useTranslation("shipping");
  const shipment = useShipment(shipmentId);
  return (
    <Drawer
      open
      size="large"
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={
        shipment.data ? (
          <span className="flex flex-wrap items-center gap-2">
            <bdi className="break-all">{shipment.data.reference}</bdi>
            <Status state={shipment.data.status} />
            <EnvironmentBadge environment={shipment.data.environment} />
          </span>
        ) : (
          t("detail_title")
        )
      }
      footer={shipment.data && <Actions shipment={shipment.data} />}
    >
      <Result query={shipment} lines={12}>
        {(found) => <Contents shipment={found} />}
      </Result>
    </Drawer>
  );
}

function Contents({ shipment }: { shipment: Shipment }) {
  const { t } = useTranslation("shipping");
  const events = useShipmentEvents(shipment.id);
  return (
    <div className="flex flex-col gap-6">
      <ProgressSteps shipment={shipment} events={events.data ?? []} />
      {shipment.status === "pending" && <Unresolved shipment={shipment} />}
      <Failure failure={shipment.failure} />
      <Section title={t("sections.papers")}>
        <Papers of="shipment_id" subjectId={shipment.id} empty={t("papers.empty")} />
      </Section>
      <Section title={t("sections.facts")}>
        <Facts shipment={shipment} />
      </Section>
      <Section title={t("timeline.title")}>
        <Result query={events} lines={3}>
          {(list) => <Timeline events={list} />}
        </Result>
      </Section>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-2 font-semibold">{title}</h3>
      {children}
    </section>
  );
}

function Failure({ failure }: { failure: unknown }) {
  const { message } = (failure ?? {}) as { message?: string };
  if (!message) return null;
  return (
    <p lang="en" dir="auto" className="rounded-box bg-bad-soft px-3 py-2 break-words text-bad">
      {message}
    </p>
  );
}
