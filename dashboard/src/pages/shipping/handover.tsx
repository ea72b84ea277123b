/** Handing over: what waits for each carrier's driver, its labels in one file, and the lists that are signed. */
import { useState } from "react";
import { ClipboardList, Printer } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useStyle } from "@/app/style";
import { type Format, useLabelsFile } from "@/hooks/documents";
import {
  type Manifest,
  useCloseManifest,
  useManifests,
  useWaitingShipments,
  type WaitingShipment,
} from "@/hooks/handover";
import { useCarrierNames } from "@/hooks/shipping";
import { formatCount } from "@/lib/format";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Dialog } from "@/ui/dialog";
import { Id } from "@/ui/copy_button";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { tellDone, tellProblem } from "@/ui/toast";
import { CarrierName } from "./carrier_name";
import { FileView } from "./file_view";
import { Papers } from "./papers";
import { parcelsOf, weightOf } from "./parcels";

const MOST_LABELS = 100;

export function Handover() {
  const { t } = useTranslation("shipping");
  const environment = useEnvironment();
  const waiting = useWaitingShipments(environment);
  const manifests = useManifests(environment);
  return (
    <div className="grid items-start gap-5 xl:grid-cols-2">
      <Panel title={t("handover.waiting")}>
        <Result query={waiting} empty={<Empty title={t("handover.empty")}>{t("handover.empty_text")}</Empty>}>
          {(list) => (
            <ul className="divide-y divide-line">
              {[...Map.groupBy(list, (each) => each.connection_id ?? "")].map(([connection, shipments]) => (
                <Waiting key={connection} connection={connection} shipments={shipments} />
              ))}
            </ul>
          )}
        </Result>
      </Panel>
      <Panel title={t("handover.manifests")}>
        <Result
          query={manifests}
          isEmpty={(data) => data.pages[0]?.length === 0}
          empty={
            <Empty icon={ClipboardList} title={t("handover.no_manifests")}>
              {t("handover.no_manifests_text")}
            </Empty>
          }
        >
          {(data) => (
            <>
              <ul className="divide-y divide-line">
                {data.pages.flat().map((manifest) => (
                  <ManifestLine key={manifest.id} manifest={manifest} />
                ))}
              </ul>
              {manifests.hasNextPage && (
                <div className="border-t border-line p-3 text-center">
                  <Button
                    size="small"
                    busy={manifests.isFetchingNextPage}
                    onClick={() => void manifests.fetchNextPage()}
                  >
                    {t("handover.more")}
                  </Button>
                </div>
              )}
            </>
          )}
        </Result>
      </Panel>
    </div>
  );
}

function Waiting({ connection, shipments }: { connection: string; shipments: readonly WaitingShipment[] }) {
  const { t } = useTranslation("shipping");
  const style = useStyle();
  const names = useCarrierNames();
  const allowed = useMay("developer");
  const close = useCloseManifest();
  const labels = useLabelsFile();
  const [confirming, setConfirming] = useState(false);
  const [showing, setShowing] = useState(false);
  const unlisted = shipments.filter(({ manifest_id }) => manifest_id === null);
  const name = names?.get(connection)?.name ?? "…";
  const parcels = shipments.flatMap((each) => parcelsOf(each.parcels));
  // One file holds labels of one kind.
  const format = (shipments[0]?.label_format ?? "pdf") as Format;
  const printable = shipments.filter(({ label_format }) => label_format === format).slice(0, MOST_LABELS);
  const print = () => {
    labels.mutate(
      { ids: printable.map(({ id }) => id), format: printable.length > 1 && format === "png" ? "pdf" : format },
      { onSuccess: () => setShowing(true), onError: tellProblem },
    );
  };
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 px-4 py-3">
      <div>
        <p className="font-medium">
          <bdi>{name}</bdi>
        </p>
        <p className="text-[13px] text-muted">
          {t("handover.counts", { count: shipments.length, weight: weightOf(parcels), parcels: parcels.length })}
          {" · "}
          {t("handover.unlisted", { count: unlisted.length, shown: formatCount(unlisted.length, style) })}
        </p>
      </div>
      {allowed && (
        <div className="flex flex-wrap gap-2">
          <Button size="small" busy={labels.isPending} onClick={print}>
            <Printer className="size-3.5" aria-hidden />
            {t("handover.labels", { count: printable.length })}
          </Button>
          <Button size="small" look="primary" disabled={unlisted.length === 0} onClick={() => setConfirming(true)}>
            <ClipboardList className="size-3.5" aria-hidden />
            {t("handover.close")}
          </Button>
        </div>
      )}
      <Confirm
        open={confirming}
        onOpenChange={setConfirming}
        title={t("handover.close_title", { name })}
        action={t("handover.close")}
        onConfirm={async () => {
          await close.mutateAsync({ connection_id: connection });
          tellDone(t("handover.closed"));
        }}
      >
        {t("handover.close_text", { count: unlisted.length })}
      </Confirm>
      {labels.data && (
        <Dialog
          open={showing}
          onOpenChange={setShowing}
          size="large"
          title={t("handover.labels", { count: printable.length })}
        >
          <FileView file={labels.data} name={`labels.${labels.data.format}`} label={t("document.merged_labels")} />
        </Dialog>
      )}
    </li>
  );
}

function ManifestLine({ manifest }: { manifest: Manifest }) {
  const { t } = useTranslation("shipping");
  const [open, setOpen] = useState(false);
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div>
          <p className="font-medium">
            <CarrierName id={manifest.connection_id} />
            <span className="font-normal text-muted"> · {t("handover.on_it", { count: manifest.shipments })}</span>
          </p>
          <p className="flex items-center gap-2 text-[13px] text-muted">
            <Time at={manifest.created_at} absolute /> <Id value={manifest.id} />
          </p>
        </div>
        <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t("handover.hide") : t("handover.list")}
        </Button>
      </div>
      {open && (
        <div className="mt-3">
          <Papers of="manifest_id" subjectId={manifest.id} empty={t("handover.drawn_soon")} />
        </div>
      )}
    </li>
  );
}
