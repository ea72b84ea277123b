/** The secret that a webhook's messages are signed with, shown this once. */
import { useTranslation } from "react-i18next";
import { ShownOnce } from "@/ui/shown_once";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";

export function SigningSecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  // The box that it is shown in has its words with the webhooks.
  const { t } = useTranslation(["settings", "webhooks"]);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("channels.secret")}
      footer={
        <Button look="primary" onClick={onClose}>
          {t("channels.secret_done")}
        </Button>
      }
    >
      <ShownOnce text={secret} label={t("channels.secret")}>
        {t("channels.secret_text")}
      </ShownOnce>
    </Dialog>
  );
}
