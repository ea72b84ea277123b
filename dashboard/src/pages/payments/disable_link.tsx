/** Asks before nobody can begin to pay by a link any more. */
import { useTranslation } from "react-i18next";
import { type PaymentLink, useDisableLink } from "@/hooks/payment_links";
import { Confirm } from "@/ui/confirm";
import { Money } from "@/ui/money";
import { tellDone } from "@/ui/toast";

export function DisableLink({ link, onClose }: { link: PaymentLink; onClose: () => void }) {
  const { t } = useTranslation("payments");
  const disable = useDisableLink();
  return (
    <Confirm
      open
      onOpenChange={onClose}
      title={t("links.disable_title")}
      action={t("links.disable")}
      onConfirm={async () => {
        await disable.mutateAsync(link.id);
        tellDone(t("links.disabled"));
      }}
    >
      <p>
        <Money amount={link.amount} currency={link.currency} /> · <bdi>{link.reference}</bdi>
      </p>
      <p className="mt-2">{t("links.disable_text")}</p>
    </Confirm>
  );
}
