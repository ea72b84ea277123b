/** How a lead is named and told of. */
import { useTranslation } from "react-i18next";
import type { ListedLead } from "@/hooks/leads";
import { Badge, Status } from "@/ui/badge";

type Named = Pick<ListedLead, "status" | "first_name" | "last_name" | "email" | "phone">;

/** Their name, or else their address; null: they are deleted. */
export function nameOf(lead: Named): string | null {
  if (lead.status === "deleted") return null;
  return [lead.first_name, lead.last_name].filter(Boolean).join(" ") || (lead.email ?? lead.phone);
}

export function LeadName({ lead }: { lead: Named }) {
  const { t } = useTranslation("marketing");
  const name = nameOf(lead);
  return name === null ? (
    <span className="text-muted">{t("leads.erased")}</span>
  ) : (
    <bdi className="font-medium">{name}</bdi>
  );
}

/** Their state, and whether nothing may be done with what is known of them. */
export function LeadStanding({ lead }: { lead: Pick<ListedLead, "status" | "restricted_at"> }) {
  const { t } = useTranslation("marketing");
  return (
    <span className="inline-flex flex-wrap gap-1">
      <Status state={lead.status} />
      {lead.restricted_at !== null && <Badge tone="warn">{t("leads.restricted")}</Badge>}
    </span>
  );
}

/** What brought somebody: `form:Newsletter` as the form Newsletter. */
export function SourceName({ source }: { source: string }) {
  const { t } = useTranslation("marketing");
  const colon = source.indexOf(":");
  const kind = colon < 0 ? source : source.slice(0, colon);
  const name = colon < 0 ? "" : source.slice(colon + 1);
  if (kind === "form" || kind === "provider") {
    return (
      <span>
        {t(`source.${kind}`)} <bdi>{name}</bdi>
      </span>
    );
  }
  if (source === "api" || source === "dashboard") return t(`source.${source}`);
  return <bdi>{source}</bdi>;
}
