/** Say that a person has dealt with a difference, and what was done about it. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Difference, useDismissDifference } from "@/hooks/settlement";
import { Confirm } from "@/ui/confirm";
import { Field, TextArea } from "@/ui/field";
import { tellDone } from "@/ui/toast";

export function DismissDialog({ difference, onClose }: { difference: Difference; onClose: () => void }) {
  const { t } = useTranslation("payments");
  const [note, setNote] = useState("");
  const dismiss = useDismissDifference();
  return (
    <Confirm
      open
      onOpenChange={onClose}
      title={t("dismiss.title")}
      action={t("reconcile.dismiss")}
      onConfirm={async () => {
        await dismiss.mutateAsync({ difference_id: difference.id, note: note.trim() });
        tellDone(t("dismiss.done"));
      }}
    >
      <div className="flex flex-col gap-4">
        <p>{t("dismiss.text")}</p>
        <Field label={t("dismiss.note")} optional>
          {(control) => (
            <TextArea {...control} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
          )}
        </Field>
      </div>
    </Confirm>
  );
}
