/** The commands of whoever runs the hub: set backups up, check one, restore the hub or this organization. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { Panel } from "@/ui/panel";
import { Command, Told } from "../parts";

/** Keys are made and kept by who runs the hub: none of them is shown here. */
const SETTINGS = [
  "WASL_BACKUP_SCHEDULE='30 1 * * *'",
  "WASL_BACKUP_URL=s3://bucket/prefix",
  "WASL_BACKUP_KEY=…",
  "WASL_BACKUP_DATABASE_URL=postgresql://wasl_backup:…@host:5432/postgres",
].join("\n");

export function HowTo({ isSet }: { isSet: boolean }) {
  const { t } = useTranslation("settings");
  const { id } = useOrganization();
  return (
    <Panel title={t("how_to.title")}>
      <div className="flex flex-col gap-2 p-4">
        <Told>{t("how_to.text")}</Told>
        <Part title={t("how_to.set")} open={!isSet}>
          <Step text={t("how_to.key")} command="wasl backup new-key" />
          <Step text={t("how_to.role")} command="wasl deploy backup-role" />
          <Step text={t("how_to.settings")} command={SETTINGS} />
          <Step text={t("how_to.now")} command="wasl backup create" />
        </Part>
        <Part title={t("how_to.check")} open={isSet}>
          <Step text={t("how_to.list")} command="wasl backup list" />
          <Step text={t("how_to.verify")} command="wasl backup verify latest" />
        </Part>
        <Part title={t("how_to.hub")}>
          <Step text={t("how_to.hub_restore")} command="wasl backup restore latest" />
          <Step text={t("how_to.hub_resume")} command="wasl backup resume" />
        </Part>
        <Part title={t("how_to.organization")}>
          <Step text={t("how_to.organization_create")} command={`wasl backup create --organization ${id}`} />
          <Step text={t("how_to.organization_restore")} command="wasl backup restore BACKUP_ID" />
          <Step text={t("how_to.organization_resume")} command={`wasl backup resume --organization ${id}`} />
        </Part>
      </div>
    </Panel>
  );
}

function Part({ title, open = false, children }: { title: string; open?: boolean; children: ReactNode }) {
  return (
    <details open={open} className="rounded-box border border-line">
      <summary className="cursor-pointer px-3 py-2 font-medium">{title}</summary>
      <ol className="flex flex-col gap-3 border-t border-line p-3">{children}</ol>
    </details>
  );
}

function Step({ text, command }: { text: string; command: string }) {
  return (
    <li className="flex flex-col gap-1.5">
      <span className="text-[13px]">{text}</span>
      <Command>{command}</Command>
    </li>
  );
}
