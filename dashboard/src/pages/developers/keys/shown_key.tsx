/** A key in the one moment in which it can be seen. */
import { useState } from "react";
import { Check, Copy, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { NewKey } from "@/hooks/api_keys";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/field";
import { Dialog } from "@/ui/dialog";

interface Props {
  made: NewKey;
  onClose: () => void;
}

/** It is closed by its button alone, once somebody has said that the key is kept. */
export function ShownKey({ made, onClose }: Props) {
  const { t } = useTranslation(["developers", "common"]);
  const [copied, setCopied] = useState(false);
  const [kept, setKept] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(made.api_key);
    setCopied(true);
  };
  return (
    <Dialog
      open
      onOpenChange={() => kept && onClose()}
      title={t("keys.made", { name: made.name })}
      footer={
        <Button look="primary" disabled={!kept} onClick={onClose}>
          {t("keys.made_done")}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <p role="alert" className="flex gap-2 rounded-box bg-warn-soft p-3 text-warn">
          <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
          <span>{t("keys.made_warning")}</span>
        </p>
        <div className="flex items-center gap-2">
          <output
            dir="ltr"
            lang="en"
            aria-label={t("keys.the_key")}
            className="min-w-0 grow rounded-box border border-line bg-sunken p-3 font-mono text-[13px] break-all select-all"
          >
            {made.api_key}
          </output>
          <Button onClick={() => void copy()}>
            {copied ? <Check className="size-4" aria-hidden /> : <Copy className="size-4" aria-hidden />}
            {copied ? t("common:actions.copied") : t("common:actions.copy")}
          </Button>
        </div>
        <Checkbox label={t("keys.made_kept")} checked={kept} onChange={(event) => setKept(event.target.checked)} />
      </div>
    </Dialog>
  );
}
