/** The proof of what was done, and whether it is as it was made. */
import { Download, ShieldAlert, ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type SubjectRequest, useCertificate } from "@/hooks/subject_requests";
import { saveFile } from "@/lib/csv";
import { Heading } from "@/ui/facts";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Id } from "@/ui/copy_button";
import { Json } from "@/ui/json";
import { Result } from "@/ui/states";

export function Certificate({ request }: { request: SubjectRequest }) {
  const { t } = useTranslation("settings");
  const certificate = useCertificate(request.id, true);
  return (
    <section>
      <Heading>{t("certificate.title")}</Heading>
      <Result query={certificate}>
        {({ certificate: text, sha256, intact }) => (
          <div className="flex flex-col gap-3">
            <p className="flex flex-wrap items-center gap-3">
              {intact ? (
                <Badge tone="good" icon={ShieldCheck}>
                  {t("certificate.intact")}
                </Badge>
              ) : (
                <Badge tone="bad" icon={ShieldAlert}>
                  {t("certificate.altered")}
                </Badge>
              )}
              <Id value={sha256} />
              <Button
                size="small"
                onClick={() =>
                  saveFile(
                    `certificate-${request.id}.json`,
                    "application/json",
                    JSON.stringify({ certificate: text, sha256 }, null, 2),
                  )
                }
              >
                <Download className="size-4" aria-hidden />
                {t("certificate.save")}
              </Button>
            </p>
            <Json value={text} label={t("certificate.title")} />
          </div>
        )}
      </Result>
    </section>
  );
}
