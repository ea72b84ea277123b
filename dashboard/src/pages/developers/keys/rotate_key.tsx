/** Another key that may do the same; both work for a while. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ApiKey, type NewKey, useRotateApiKey } from "@/hooks/api_keys";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { ProblemText } from "@/ui/states";

const OVERLAPS = ["0", "1", "24", "168", "720"] as const;
type Overlap = (typeof OVERLAPS)[number];

interface Props {
  apiKey: ApiKey;
  onMade: (made: NewKey) => void;
  onClose: () => void;
}

export function RotateKey({ apiKey, onMade, onClose }: Props) {
  const { t } = useTranslation(["developers", "common"]);
  const rotate = useRotateApiKey();
  const [overlap, setOverlap] = useState<Overlap>("24");
  const go = async () => {
    try {
      onMade(await rotate.mutateAsync({ keyId: apiKey.id, overlapHours: Number(overlap) }));
    } catch {
      // It is shown below.
    }
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="small"
      title={t("keys.rotate_title", { name: apiKey.name })}
      description={t("keys.rotate_text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button look="primary" busy={rotate.isPending} onClick={() => void go()}>
            {t("keys.rotate")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label={t("keys.overlap")} help={overlap === "0" ? t("keys.overlap_none_why") : undefined}>
          {(control) => (
            <Select
              {...control}
              value={overlap}
              onChange={setOverlap}
              options={OVERLAPS.map((value) => ({ value, label: t(`keys.overlap_${value}`) }))}
            />
          )}
        </Field>
        {rotate.error && (
          <p role="alert" className="text-bad">
            <ProblemText error={rotate.error} />
          </p>
        )}
      </div>
    </Dialog>
  );
}
