/** Where the organization ships from and takes returns. */
import { lazy, Suspense, useState } from "react";
import { MapPin, Pencil, Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { type ShippingLocation, useDeleteLocation, useLocations, useSaveLocation } from "@/hooks/shipping";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Empty, Result } from "@/ui/states";
import { tellDone, tellProblem } from "@/ui/toast";
import { PartyLines } from "./party_lines";
import { partyOf } from "./places";

const LocationDialog = lazy(() => import("./location_dialog").then((module) => ({ default: module.LocationDialog })));

export function Locations() {
  const { t } = useTranslation(["shipping", "common"]);
  const allowed = useMay("developer");
  const locations = useLocations();
  const remove = useDeleteLocation();
  const [editing, setEditing] = useState<ShippingLocation | "new" | null>(null);
  const [deleting, setDeleting] = useState<ShippingLocation | null>(null);
  const add = allowed && (
    <Button look="primary" onClick={() => setEditing("new")}>
      <Plus className="size-4" aria-hidden />
      {t("locations.add")}
    </Button>
  );
  return (
    <>
      <Result
        query={locations}
        empty={
          <Empty icon={MapPin} title={t("locations.empty")} action={add}>
            {t("locations.empty_text")}
          </Empty>
        }
      >
        {(list) => (
          <>
            <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
              <p className="max-w-prose text-muted">{t("locations.text")}</p>
              {add}
            </div>
            <ul className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
              {list.map((location) => (
                <Card
                  key={location.id}
                  location={location}
                  onEdit={() => setEditing(location)}
                  onDelete={() => setDeleting(location)}
                />
              ))}
            </ul>
          </>
        )}
      </Result>
      {editing && (
        <Suspense>
          <LocationDialog
            location={editing === "new" ? null : editing}
            first={locations.data?.length === 0}
            onClose={() => setEditing(null)}
          />
        </Suspense>
      )}
      <Confirm
        open={deleting !== null}
        onOpenChange={() => setDeleting(null)}
        title={t("locations.delete_title", { name: deleting?.name ?? "" })}
        action={t("locations.delete")}
        onConfirm={async () => {
          if (!deleting) return;
          await remove.mutateAsync({ location_id: deleting.id });
          tellDone(t("locations.deleted"));
        }}
      >
        {deleting?.is_default ? t("locations.delete_default_text") : t("locations.delete_text")}
      </Confirm>
    </>
  );
}

interface CardProps {
  location: ShippingLocation;
  onEdit: () => void;
  onDelete: () => void;
}

function Card({ location, onEdit, onDelete }: CardProps) {
  const { t } = useTranslation("shipping");
  const allowed = useMay("developer");
  const save = useSaveLocation();
  const makeDefault = () =>
    save.mutate(
      { name: location.name, address: location.address, is_default: true },
      { onSuccess: () => tellDone(t("locations.saved")), onError: tellProblem },
    );
  return (
    <li className="flex flex-col gap-3 rounded-box border border-line bg-surface p-4">
      <div className="flex items-center justify-between gap-2">
        <h2 className="truncate font-semibold">
          <bdi>{location.name}</bdi>
        </h2>
        {location.is_default && <Badge tone="good">{t("locations.default")}</Badge>}
      </div>
      <div className="grow">
        <PartyLines party={partyOf(location.address)} />
      </div>
      {allowed && (
        <div className="flex flex-wrap gap-2">
          <Button size="small" onClick={onEdit} aria-label={t("locations.edit_named", { name: location.name })}>
            <Pencil className="size-3.5" aria-hidden />
            {t("locations.edit")}
          </Button>
          {!location.is_default && (
            <Button size="small" busy={save.isPending} onClick={makeDefault}>
              {t("locations.make_default")}
            </Button>
          )}
          <Button
            size="small"
            look="danger"
            onClick={onDelete}
            aria-label={t("locations.delete_named", { name: location.name })}
          >
            <Trash2 className="size-3.5" aria-hidden />
            {t("locations.delete")}
          </Button>
        </div>
      )}
    </li>
  );
}
