/** The marketing tools: whether leads are kept alike with each, and what is read of it. */
import { lazy, Suspense, useState } from "react";
import { Link } from "@tanstack/react-router";
import { Plug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useLeadSyncs } from "@/hooks/lead_syncs";
import { useStreams } from "@/hooks/streams";
import { buttonClass } from "@/ui/button";
import { Empty, Result } from "@/ui/states";
import { marketingRoute } from "./route";
import { ToolCard } from "./tool_card";
import { type Tool, useTools } from "./use_tools";

const SyncDialog = lazy(() => import("./sync_dialog").then((module) => ({ default: module.SyncDialog })));
const StreamDrawer = lazy(() => import("./stream_drawer").then((module) => ({ default: module.StreamDrawer })));

export default function Tools() {
  const { t } = useTranslation("marketing");
  const { slug } = useOrganization();
  const mayConnect = useMay("developer");
  const { stream } = marketingRoute.useSearch();
  const navigate = marketingRoute.useNavigate();
  const openStream = (next: string | undefined) => void navigate({ search: (before) => ({ ...before, stream: next }) });
  const [setting, setSetting] = useState<Tool | null>(null);
  const tools = useTools();
  const syncs = useLeadSyncs();
  const streams = useStreams();
  const connect = mayConnect && (
    <Link to="/o/$slug" params={{ slug }} search={{ connect: true }} className={buttonClass("primary")}>
      <Plug className="size-4" aria-hidden />
      {t("tools.connect")}
    </Link>
  );
  const open =
    stream === undefined ? undefined : [...(streams.data?.values() ?? [])].flat().find(({ id }) => id === stream);
  return (
    <>
      <Result
        query={tools}
        lines={8}
        empty={
          <Empty title={t("tools.empty")} action={connect}>
            {t("tools.empty_text")}
          </Empty>
        }
      >
        {(list) => (
          <>
            <div className="mb-3 flex justify-end">{connect}</div>
            <div className="flex flex-col gap-5">
              {list.map((tool) => (
                <ToolCard
                  key={tool.connection.id}
                  tool={tool}
                  sync={syncs.data?.get(tool.connection.id)}
                  syncsKnown={syncs.data !== undefined}
                  streams={streams.data?.get(tool.connection.id) ?? []}
                  onSet={() => setSetting(tool)}
                  onOpenStream={openStream}
                />
              ))}
            </div>
          </>
        )}
      </Result>
      <Suspense>
        {setting && (
          <SyncDialog
            tool={setting}
            sync={syncs.data?.get(setting.connection.id) ?? null}
            onClose={() => setSetting(null)}
          />
        )}
        {open && (
          <StreamDrawer
            stream={open}
            connection={tools.byId.get(open.connection_id)}
            onClose={() => openStream(undefined)}
          />
        )}
      </Suspense>
    </>
  );
}
