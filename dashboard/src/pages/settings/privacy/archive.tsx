/** The copy of somebody's data: a link to it, good for whoever has it until it expires. */
import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useNow } from "@/app/style";
import { type SubjectRequest, useLinkArchive } from "@/hooks/subject_requests";
import { Heading } from "@/ui/facts";
import { Button, buttonClass } from "@/ui/button";
import { Time } from "@/ui/time";
import { FormProblem, Told } from "../parts";

export function Archive({ request }: { request: SubjectRequest }) {
  const { t } = useTranslation("settings");
  const now = useNow();
  const link = useLinkArchive();
  const ends = request.archive_expires_at;
  const gone = ends !== null && new Date(ends) <= now;
  const made = link.data;
  const good = made !== undefined && new Date(made.expires_at) > now;
  return (
    <section className="flex flex-col items-start gap-2">
      <Heading>{t("archive.title")}</Heading>
      <Told>{t("archive.text")}</Told>
      {ends !== null && (
        <p className="text-[13px] text-muted">
          {t(gone ? "archive.gone" : "archive.until")} <Time at={ends} absolute />
        </p>
      )}
      {good ? (
        <p className="flex flex-wrap items-center gap-3">
          <a href={made.url} target="_blank" rel="noreferrer" className={buttonClass("primary", "small")}>
            {t("archive.open")}
            <ExternalLink className="size-3.5" aria-hidden />
          </a>
          <span className="text-[13px] text-muted">
            {t("archive.link_until")} <Time at={made.expires_at} absolute />
          </span>
        </p>
      ) : (
        <Button size="small" disabled={gone} busy={link.isPending} onClick={() => link.mutate(request.id)}>
          {t("archive.link")}
        </Button>
      )}
      <FormProblem error={link.error} />
    </section>
  );
}
