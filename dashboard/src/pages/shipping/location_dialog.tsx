/** Adds or changes a place that is shipped from. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { type ShippingLocation, useSaveLocation } from "@/hooks/shipping";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Checkbox } from "@/ui/field";
import { ProblemText } from "@/ui/states";
import { tellDone } from "@/ui/toast";
import { type Part, PartyFields } from "./party_fields";
import { filledIn, type Party, PARTY_PARTS, partyOf } from "./places";
import { TextField } from "./text_field";

interface Props {
  /** Null: a new one. */
  location: ShippingLocation | null;
  /** There is none yet: it becomes the default. */
  first: boolean;
  onClose: () => void;
}

const NEEDED: readonly Part[] = ["name", "phone", "line1", "city", "country"];

export function LocationDialog({ location, first, onClose }: Props) {
  const { t } = useTranslation(["shipping", "common"]);
  const { country } = useOrganization();
  const save = useSaveLocation();
  const [name, setName] = useState(location?.name ?? "");
  const [address, setAddress] = useState<Party>(() => (location ? partyOf(location.address) : { country }));
  const [isDefault, setDefault] = useState(location?.is_default ?? first);
  const [missing, setMissing] = useState<readonly string[]>([]);
  const problem = save.error && asProblem(save.error);
  const errorOf = (field: string) =>
    missing.includes(field) ? t("common:form.required") : problem?.field === field ? problem.message : undefined;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const lacking = NEEDED.filter((part) => !address[part]?.trim()).map((part) => `address.${part}`);
    if (!name.trim()) lacking.push("name");
    setMissing(lacking);
    if (lacking.length > 0) return;
    // What the form does not ask for, such as coordinates, stays unless the address is another.
    const done = await save
      .mutateAsync({
        name: name.trim(),
        address: { ...coordinatesOf(location, address), ...filledIn(address) },
        is_default: isDefault,
        replaces: location?.id,
      })
      .catch(() => null); // Shown below.
    if (!done) return;
    tellDone(t("locations.saved"));
    onClose();
  };
  return (
    <Dialog
      open
      size="large"
      onOpenChange={onClose}
      title={location ? t("locations.edit") : t("locations.add")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button type="submit" form="location" look="primary" busy={save.isPending}>
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <form id="location" noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <TextField
          label={t("locations.name")}
          help={t("locations.name_help")}
          maxLength={100}
          value={name}
          onChange={setName}
          error={errorOf("name")}
        />
        <PartyFields
          parts={PARTY_PARTS}
          needed={NEEDED}
          party={address}
          onChange={setAddress}
          errorOf={(part) => errorOf(`address.${part}`)}
        />
        <Checkbox
          label={t("locations.is_default")}
          checked={isDefault}
          onChange={(event) => setDefault(event.target.checked)}
        />
        {problem && (
          <div role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
            <ProblemText error={problem} />
          </div>
        )}
      </form>
    </Dialog>
  );
}

function coordinatesOf(location: ShippingLocation | null, address: Party): { latitude?: number; longitude?: number } {
  if (!location) return {};
  const before = partyOf(location.address);
  if (before.line1 !== address.line1 || before.city !== address.city) return {};
  const { latitude, longitude } = location.address as { latitude?: number; longitude?: number };
  return { ...(latitude !== undefined && { latitude }), ...(longitude !== undefined && { longitude }) };
}
