/** One tool: its state, how leads are kept alike with it, and its streams. */
import { Link } from "@tanstack/react-router";
import { ArrowLeftRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { COUNTED, type LeadSync, useLinkCounts } from "@/hooks/lead_syncs";
import type { Stream } from "@/hooks/streams";
import { formatCount } from "@/lib/format";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { RowError, Tags, ToolName } from "./parts";
import { StreamList } from "./stream_list";
import type { Tool } from "./use_tools";
import { useWords } from "./words";

interface Props {
  tool: Tool;
  sync: LeadSync | undefined;
  syncsKnown: boolean;
  streams: readonly Stream[];
  onSet: () => void;
  onOpenStream: (id: string) => void;
}

export function ToolCard({ tool: { connection, provider }, sync, syncsKnown, streams, onSet, onOpenStream }: Props) {
  const { t } = useTranslation("marketing");
  const keepsContacts = provider.capabilities.includes("keeps_contacts");
  return (
    <Panel
      title={
        <span className="flex flex-wrap items-center gap-2">
          <ToolName connection={connection} />
          <Status state={connection.status} />
          <EnvironmentBadge environment={connection.environment} />
        </span>
      }
      aside={<span className="text-[13px] text-muted">{provider.name}</span>}
    >
      {connection.status !== "active" && connection.last_error !== null && (
        <p className="border-b border-line px-4 py-2">
          <RowError error={connection.last_error} />
        </p>
      )}
      {keepsContacts ? (
        syncsKnown && <Leads connectionId={connection.id} sync={sync} onSet={onSet} />
      ) : (
        <p className="px-4 py-3 text-muted">{t("tools.no_contacts")}</p>
      )}
      {streams.length > 0 && (
        <div className="border-t border-line">
          <StreamList streams={streams} active={connection.status === "active"} onOpen={onOpenStream} />
        </div>
      )}
    </Panel>
  );
}

function Leads({ connectionId, sync, onSet }: { connectionId: string; sync: LeadSync | undefined; onSet: () => void }) {
  const { t } = useTranslation("marketing");
  const maySet = useMay("developer");
  const purposes = useWords("purpose");
  return (
    <div className="flex flex-wrap items-start justify-between gap-3 px-4 py-3">
      <div className="flex min-w-0 flex-col gap-1.5">
        {sync ? (
          <>
            <p className="flex flex-wrap items-center gap-2">
              <ArrowLeftRight className="size-4 text-muted" aria-hidden />
              {t(sync.enabled ? `sync.told.${sync.direction}` : "sync.told.off")}
              {sync.enabled && sync.direction !== "pull" && (
                <span className="text-muted">
                  {t(sync.only_with_consent ? "sync.told.with_consent" : "sync.told.all", {
                    purpose: purposes[sync.purpose] ?? sync.purpose,
                  })}
                </span>
              )}
            </p>
            {sync.tags.length > 0 && (
              <p className="flex flex-wrap items-center gap-2 text-[13px] text-muted">
                {t("sync.marked")} <Tags tags={sync.tags} />
              </p>
            )}
            {sync.direction !== "pull" && <Counts connectionId={connectionId} />}
          </>
        ) : (
          <p className="text-muted">{t("sync.none")}</p>
        )}
      </div>
      {maySet && (
        <Button size="small" onClick={onSet}>
          {t(sync ? "sync.change" : "sync.set_up")}
        </Button>
      )}
    </div>
  );
}

function Counts({ connectionId }: { connectionId: string }) {
  const { t } = useTranslation("marketing");
  const { slug } = useOrganization();
  const style = useStyle();
  const counts = useLinkCounts(connectionId, true);
  if (!counts.data) return null;
  const { data } = counts;
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1">
      {COUNTED.filter((status) => data[status] > 0 || status === "synced").map((status) => (
        <li key={status}>
          <Link
            to="/o/$slug/marketing"
            params={{ slug }}
            search={{ tab: "leads", connection: connectionId, push: status }}
            className="inline-flex items-center gap-1.5 hover:underline"
          >
            <Status state={status} />
            <span className="tabular">
              {t("tools.leads", { count: data[status], shown: formatCount(data[status], style) })}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
