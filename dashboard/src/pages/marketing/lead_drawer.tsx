/** One lead: who they are, where they came from, what they agreed to, where they stand, what happened. */
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { type Lead, useDeleteLead, useLead, useLinks } from "@/hooks/leads";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Id } from "@/ui/copy_button";
import { Drawer } from "@/ui/dialog";
import { Panel } from "@/ui/panel";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { tellDone } from "@/ui/toast";
import { LeadAttribution } from "./lead_attribution";
import { LeadConsents } from "./lead_consents";
import { LeadEvents } from "./lead_events";
import { LeadLinks } from "./lead_links";
import { LeadName, LeadStanding, nameOf, SourceName } from "./lead_words";
import { Facts, Tags } from "./parts";
import { useTools } from "./use_tools";
import { useListed } from "./words";

const LeadDialog = lazy(() => import("./lead_dialog").then((module) => ({ default: module.LeadDialog })));

interface Props {
  leadId: string;
  onClose: () => void;
  onTag: (tag: string) => void;
}

export function LeadDrawer({ leadId, onClose, onTag }: Props) {
  const { t } = useTranslation("marketing");
  const lead = useLead(leadId);
  const mayWrite = useMay("developer");
  const [editing, setEditing] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const here = lead.data && lead.data.status !== "deleted";
  return (
    <Drawer
      open
      onOpenChange={onClose}
      title={lead.data ? <LeadName lead={lead.data} /> : t("leads.one")}
      footer={
        mayWrite &&
        here && (
          <>
            <Button look="danger" onClick={() => setDeleting(true)}>
              {t("leads.delete")}
            </Button>
            <Button onClick={() => setEditing(true)}>{t("leads.edit")}</Button>
          </>
        )
      }
    >
      <Result query={lead} lines={8}>
        {(one) => (
          <div className="flex flex-col gap-5">
            <Panel title={t("leads.facts")} aside={<LeadStanding lead={one} />}>
              <LeadFacts lead={one} onTag={onTag} />
            </Panel>
            <LeadAttribution attribution={one.attribution} />
            <LeadConsents lead={one} />
            <LeadLinks lead={one} />
            <LeadEvents leadId={one.id} />
            {editing && (
              <Suspense>
                <LeadDialog lead={one} onClose={() => setEditing(false)} onKept={() => setEditing(false)} />
              </Suspense>
            )}
            <Deletion lead={one} open={deleting} onOpenChange={setDeleting} />
          </div>
        )}
      </Result>
    </Drawer>
  );
}

function LeadFacts({ lead, onTag }: { lead: Lead; onTag: (tag: string) => void }) {
  const { t } = useTranslation("marketing");
  const attributes = Object.entries((lead.attributes ?? {}) as Record<string, string>);
  const ltr = (text: string | null) => text && <bdi dir="ltr">{text}</bdi>;
  return (
    <Facts
      rows={[
        [t("leads.email"), ltr(lead.email)],
        [t("leads.phone"), ltr(lead.phone)],
        [t("leads.company"), lead.company && <bdi>{lead.company}</bdi>],
        [t("leads.language"), ltr(lead.language)],
        [t("leads.country"), ltr(lead.country)],
        ...attributes.map(([name, text]) => [<code key={name}>{name}</code>, <bdi key={name}>{text}</bdi>] as const),
        [t("leads.tags"), lead.tags.length > 0 && <Tags tags={lead.tags} onChoose={onTag} />],
        [t("leads.source"), <SourceName key="source" source={lead.source} />],
        [t("leads.created"), <Time key="created" at={lead.created_at} absolute />],
        [t("leads.updated"), <Time key="updated" at={lead.updated_at} />],
        [t("leads.confirmed"), lead.confirmed_at && <Time at={lead.confirmed_at} />],
        [t("leads.restricted_since"), lead.restricted_at && <Time at={lead.restricted_at} absolute />],
        [t("leads.id"), <Id key="id" value={lead.id} />],
      ]}
    />
  );
}

interface DeletionProps {
  lead: Lead;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

function Deletion({ lead, open, onOpenChange }: DeletionProps) {
  const { t } = useTranslation("marketing");
  const { name: organization } = useOrganization();
  const remove = useDeleteLead();
  const links = useLinks(lead.id);
  const { byId } = useTools();
  const list = useListed();
  // A tool that has them, or may have: what was never taken there needs no forgetting.
  const tools = (links.data ?? [])
    .filter((link) => link.provider_contact_id !== null || link.pushed_at !== null)
    .map((link) => byId.get(link.connection_id)?.name)
    .filter((name) => name !== undefined);
  const name = nameOf(lead);
  return (
    <Confirm
      open={open}
      onOpenChange={onOpenChange}
      title={t("delete_lead.title", { name })}
      action={t("delete_lead.action")}
      typed={lead.email ?? lead.phone ?? lead.id}
      onConfirm={async () => {
        await remove.mutateAsync(lead.id);
        tellDone(t("delete_lead.done"));
      }}
    >
      <ul className="list-disc space-y-1.5 ps-5">
        <li>{t("delete_lead.here", { organization })}</li>
        <li>
          {tools.length === 0
            ? t("delete_lead.no_tools")
            : t("delete_lead.tools", { count: tools.length, tools: list(tools) })}
        </li>
        <li>{t("delete_lead.kept")}</li>
        <li>{t("delete_lead.final")}</li>
      </ul>
    </Confirm>
  );
}
