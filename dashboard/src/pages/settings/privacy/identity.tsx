/** Who a request is about: shown when it is asked for, and noted in the audit log. */
import { Eye } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type SubjectRequest, useShowIdentity } from "@/hooks/subject_requests";
import { Fact, Facts } from "@/ui/facts";
import { Button } from "@/ui/button";
import { FormProblem, Told } from "../parts";

export function IdentityOf({ request }: { request: SubjectRequest }) {
  const { t } = useTranslation("settings");
  const show = useShowIdentity();
  const who = show.data;
  if (who === undefined) {
    return (
      <div className="flex flex-col items-start gap-2">
        <Button size="small" busy={show.isPending} onClick={() => show.mutate(request.id)}>
          <Eye className="size-4" aria-hidden />
          {t("identity.show")}
        </Button>
        <Told>{t("identity.text")}</Told>
        <FormProblem error={show.error} />
      </div>
    );
  }
  const changes = Object.entries(who.changes ?? {});
  return (
    <section aria-live="polite" className="rounded-box border border-line p-4">
      {who.email === undefined && who.phone === undefined ? (
        <p className="text-muted">{t("identity.erased")}</p>
      ) : (
        <Facts>
          <Fact name={t("requests.email")}>{who.email && <span dir="ltr">{who.email}</span>}</Fact>
          <Fact name={t("requests.phone")}>{who.phone && <span dir="ltr">{who.phone}</span>}</Fact>
          <Fact name={t("requests.changes")}>
            {changes.length > 0 && (
              <ul>
                {changes.map(([name, value]) => (
                  <li key={name}>
                    <code className="font-mono text-xs" dir="ltr">
                      {name}
                    </code>
                    : <bdi>{String(value)}</bdi>
                  </li>
                ))}
              </ul>
            )}
          </Fact>
        </Facts>
      )}
    </section>
  );
}
