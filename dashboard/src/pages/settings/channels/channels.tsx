/** Where alerts are sent. What is told when is said by rules and escalations, in Analytics. */
import { useState } from "react";
import { Link } from "@tanstack/react-router";
import { Bell, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { type Channel, useChannels } from "@/hooks/alert_channels";
import { useEscalations } from "@/hooks/alert_rules";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { settingsRoute } from "../route";
import { ReadOnly, Told, useSet } from "../parts";
import { ChannelDialog } from "./channel_dialog";
import { ChannelLine } from "./channel_line";
import { NewChannel } from "./new_channel";
import { RemoveChannel } from "./remove_channel";
import { UrlDialog } from "./url_dialog";

type Doing = { what: "edit" | "url" | "remove"; channel: Channel };

export function Channels() {
  const { t } = useTranslation("settings");
  const { slug } = useOrganization();
  const { open } = settingsRoute.useSearch();
  const set = useSet();
  const mayEdit = useMay("admin");
  const channels = useChannels();
  const escalations = useEscalations();
  const [doing, setDoing] = useState<Doing | null>(null);
  const close = () => setDoing(null);
  const add = mayEdit && (
    <Button size="small" onClick={() => set({ open: "new" })}>
      <Plus className="size-4" aria-hidden />
      {t("channels.add")}
    </Button>
  );
  return (
    <Panel title={t("tab.alerts")} aside={add}>
      <div className="flex flex-col gap-2 border-b border-line p-4">
        <Told>{t("channels.text")}</Told>
        <p className="flex flex-wrap gap-x-4 gap-y-1 text-[13px]">
          {(["rules", "alerts", "inbox"] as const).map((tab) => (
            <Link
              key={tab}
              to="/o/$slug/analytics"
              params={{ slug }}
              search={{ tab }}
              className="text-accent-strong hover:underline"
            >
              {t(`channels.to.${tab}`)}
            </Link>
          ))}
        </p>
        {!mayEdit && <ReadOnly needs="admin" />}
      </div>
      <Result
        query={channels}
        empty={
          <Empty icon={Bell} title={t("channels.empty")} action={add}>
            {t("channels.empty_text")}
          </Empty>
        }
      >
        {(list) => (
          <ul className="divide-y divide-line">
            {list.map((channel) => (
              <ChannelLine
                key={channel.id}
                channel={channel}
                escalations={(escalations.data ?? []).filter(({ channel_id }) => channel_id === channel.id)}
                mayEdit={mayEdit}
                onDo={(what) => setDoing({ what, channel })}
              />
            ))}
          </ul>
        )}
      </Result>
      {open === "new" && mayEdit && <NewChannel onClose={() => set({ open: undefined })} />}
      {doing?.what === "edit" && <ChannelDialog channel={doing.channel} onClose={close} />}
      {doing?.what === "url" && <UrlDialog channel={doing.channel} onClose={close} />}
      {doing?.what === "remove" && <RemoveChannel channel={doing.channel} onClose={close} />}
    </Panel>
  );
}
