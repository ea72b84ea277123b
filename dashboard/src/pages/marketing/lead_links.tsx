/** Where a lead stands at each tool. */
import { useTranslation } from "react-i18next";
import { type Lead, type LeadLink, useLinks } from "@/hooks/leads";
import { Status } from "@/ui/badge";
import { Id } from "@/ui/copy_button";
import { Panel } from "@/ui/panel";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { RowError, ToolName } from "./parts";
import { useTools } from "./use_tools";

export function LeadLinks({ lead }: { lead: Lead }) {
  const { t } = useTranslation("marketing");
  return (
    <Panel title={t("links.title")}>
      <Result query={useLinks(lead.id)} empty={<p className="px-4 py-3 text-muted">{t("links.none")}</p>}>
        {(links) => (
          <ul className="divide-y divide-line">
            {links.map((link) => (
              <Link key={link.connection_id} link={link} version={lead.version} />
            ))}
          </ul>
        )}
      </Result>
    </Panel>
  );
}

function Link({ link, version }: { link: LeadLink; version: number }) {
  const { t } = useTranslation("marketing");
  const { byId } = useTools();
  return (
    <li className="flex flex-col gap-1 px-4 py-2.5">
      <span className="flex flex-wrap items-center justify-between gap-2">
        <ToolName connection={byId.get(link.connection_id)} />
        <Status state={link.status} />
      </span>
      <span className="flex flex-wrap gap-x-3 text-[13px] text-muted">
        {link.pushed_at !== null && (
          <span>
            {t("links.pushed")} <Time at={link.pushed_at} />
            {link.status === "synced" && link.pushed_version < version && ` · ${t("links.older")}`}
          </span>
        )}
        {link.pulled_at !== null && (
          <span>
            {t("links.pulled")} <Time at={link.pulled_at} />
          </span>
        )}
        {link.status === "skipped" && <span>{t("links.skipped")}</span>}
        {link.next_try_at !== null && (
          <span>
            {link.attempts > 0 ? t("links.tries", { count: link.attempts }) : t("links.due")}{" "}
            <Time at={link.next_try_at} />
          </span>
        )}
        {link.provider_contact_id !== null && (
          <span className="inline-flex items-center gap-1">
            {t("links.contact")} <Id value={link.provider_contact_id} />
          </span>
        )}
      </span>
      <RowError error={link.error} />
    </li>
  );
}
