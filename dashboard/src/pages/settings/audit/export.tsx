/** Keep what is filtered as a file: read page by page, told how far it is, and stopped when it is not wanted any more. */
import { useRef, useState } from "react";
import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { allAuditLines, type AuditFilters } from "@/hooks/audit";
import { useMembers } from "@/hooks/members";
import { csvOf, saveFile } from "@/lib/csv";
import { formatCount } from "@/lib/format";
import { dayOf } from "@/lib/period";
import { Button } from "@/ui/button";
import { tellDone, tellProblem } from "@/ui/toast";
import { cellsOf, EXPORTED } from "./filters";

export function Export({ filters }: { filters: AuditFilters }) {
  const { t } = useTranslation(["settings", "common"]);
  const { id, slug, time_zone } = useOrganization();
  const style = useStyle();
  const members = useMembers();
  const [lines, setLines] = useState<number | null>(null);
  const abort = useRef<AbortController>(null);
  const start = async () => {
    const controller = new AbortController();
    abort.current = controller;
    setLines(0);
    try {
      const all = await allAuditLines(id, filters, setLines, controller.signal);
      const emails = new Map(members.data?.map(({ user_id, email }) => [user_id, email]));
      const cells = all.map((line) => cellsOf(line, emails.get(line.actor_id ?? "") ?? null));
      saveFile(`audit-${slug}-${dayOf(new Date(), time_zone)}.csv`, "text/csv", csvOf([[...EXPORTED], ...cells]));
      tellDone(t("audit.exported", { count: all.length, shown: formatCount(all.length, style) }));
    } catch (reason) {
      if (!controller.signal.aborted) tellProblem(reason);
    } finally {
      setLines(null);
    }
  };
  if (lines !== null) {
    return (
      <>
        <span role="status" className="tabular text-[13px] text-muted">
          {t("audit.exporting", { count: lines, shown: formatCount(lines, style) })}
        </span>
        <Button size="small" onClick={() => abort.current?.abort()}>
          {t("common:actions.cancel")}
        </Button>
      </>
    );
  }
  return (
    <Button size="small" onClick={() => void start()}>
      <Download className="size-4" aria-hidden />
      {t("audit.export")}
    </Button>
  );
}
