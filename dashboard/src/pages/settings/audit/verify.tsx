/** Check the chain: each line is bound to the one before by its hash, so that nothing can be changed unseen. */
import { Link2, ShieldAlert, ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type AuditReport, useVerifyAudit } from "@/hooks/audit";
import { formatCount } from "@/lib/format";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy_button";
import { Panel } from "@/ui/panel";
import { FormProblem, Told } from "../parts";

export function Verify() {
  const { t } = useTranslation("settings");
  const verify = useVerifyAudit();
  return (
    <Panel
      title={t("verify.title")}
      aside={
        <Button size="small" busy={verify.isPending} onClick={() => verify.mutate()}>
          {!verify.isPending && <Link2 className="size-4" aria-hidden />}
          {t("verify.action")}
        </Button>
      }
    >
      <div className="flex flex-col gap-3 p-4" aria-live="polite">
        <Told>{t("verify.text")}</Told>
        <FormProblem error={verify.error} />
        {verify.isSuccess && <Report report={verify.data} />}
      </div>
    </Panel>
  );
}

function Report({ report }: { report: AuditReport }) {
  const { t } = useTranslation("settings");
  const style = useStyle();
  const count = (value: number) => formatCount(value, style);
  if (!report.intact) {
    return (
      <p className="flex items-start gap-2 rounded-box bg-bad-soft px-3 py-2 text-bad">
        <ShieldAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
        {t(`verify.fault.${report.fault ?? "altered"}`, { sequence: count(report.first_broken_sequence ?? 0) })}
      </p>
    );
  }
  return (
    <div className="flex items-start gap-2 rounded-box bg-good-soft px-3 py-2 text-good">
      <ShieldCheck className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0">
        <p>
          {report.last_sequence === null
            ? t("verify.none")
            : t("verify.intact", {
                count: report.lines,
                lines: count(report.lines),
                sequence: count(report.last_sequence),
              })}
        </p>
        {report.last_hash !== null && (
          <p className="flex items-center gap-1 text-[13px]">
            <span className="shrink-0">{t("verify.hash")}</span>
            <code className="truncate font-mono text-xs" dir="ltr" title={report.last_hash}>
              {report.last_hash}
            </code>
            <CopyButton text={report.last_hash} />
          </p>
        )}
      </div>
    </div>
  );
}
