/** Remove a channel, with what leads to it. */
import { useTranslation } from "react-i18next";
import { type Channel, useRemoveChannel } from "@/hooks/alert_channels";
import { useEscalations } from "@/hooks/alert_rules";
import { Confirm } from "@/ui/confirm";
import { tellDone } from "@/ui/toast";

export function RemoveChannel({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const remove = useRemoveChannel();
  const escalations = (useEscalations().data ?? []).filter(({ channel_id }) => channel_id === channel.id);
  return (
    <Confirm
      open
      onOpenChange={onClose}
      title={t("channels.remove_title", { name: channel.name })}
      action={t("channels.remove")}
      typed={channel.name}
      onConfirm={async () => {
        await remove.mutateAsync(channel.id);
        tellDone(t("channels.removed", { name: channel.name }));
      }}
    >
      {t("channels.remove_text", { count: escalations.length })}
    </Confirm>
  );
}
