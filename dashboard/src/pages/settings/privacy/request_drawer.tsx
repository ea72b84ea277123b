/** One request: how far it is, step by step, what a person has still to do, and the proof once it is over. */
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useNow, useStyle } from "@/app/style";
import { daysLeft, progressOf, type Step, type SubjectRequest, useSubjectRequest } from "@/hooks/subject_requests";
import { formatCount } from "@/lib/format";
import { Fact, Facts, Heading } from "@/ui/facts";
import { Status } from "@/ui/badge";
import { Id } from "@/ui/copy_button";
import { Drawer } from "@/ui/dialog";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { ActorName } from "../member_name";
import { Bar, ReadOnly } from "../parts";
import { Archive } from "./archive";
import { Certificate } from "./certificate";
import { DaysLeft } from "./days_left";
import { IdentityOf } from "./identity";
import { RequestDeeds } from "./request_deeds";
import { StepLine } from "./step_line";

export function RequestDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const found = useSubjectRequest(id);
  return (
    <Drawer
      open
      onOpenChange={onClose}
      size="large"
      title={found.data ? t(`requests.kind.${found.data.request.kind}`) : t("requests.one")}
    >
      <Result query={found} lines={8}>
        {({ request, steps }) => <Details request={request} steps={steps} />}
      </Result>
    </Drawer>
  );
}

function Details({ request, steps }: { request: SubjectRequest; steps: readonly Step[] }) {
  const { t } = useTranslation("settings");
  const now = useNow();
  const mayEdit = useMay("admin");
  return (
    <div className="flex flex-col gap-6">
      <Facts>
        <Fact name={t("requests.state")}>
          <span className="flex flex-wrap items-center gap-2">
            <Status state={request.status} />
            {request.finished_at === null && <DaysLeft days={daysLeft(request, now)} />}
          </span>
        </Fact>
        <Fact name={t("requests.due")}>
          <Time at={request.due_at} absolute />
        </Fact>
        <Fact name={t("requests.extended")}>{request.extended_at && <Time at={request.extended_at} absolute />}</Fact>
        <Fact name={t("requests.received")}>
          <Time at={request.received_at} absolute />
        </Fact>
        <Fact name={t("requests.over")}>{request.finished_at && <Time at={request.finished_at} absolute />}</Fact>
        <Fact name={t("requests.by")}>
          <ActorName actor={request.created_by} />
        </Fact>
        <Fact name={t("requests.law")}>{t(`law.jurisdiction.${lawOf(request.jurisdiction)}`)}</Fact>
        <Fact name={t("requests.identity_check")}>{request.identity_check && <bdi>{request.identity_check}</bdi>}</Fact>
        <Fact name={t("requests.note")}>{request.note && <bdi>{request.note}</bdi>}</Fact>
        <Fact name={t("requests.reason")}>{request.reason && <bdi>{request.reason}</bdi>}</Fact>
        <Fact name={t("id")}>
          <Id value={request.id} />
        </Fact>
      </Facts>
      {mayEdit ? (
        <>
          <IdentityOf key={request.id} request={request} />
          <RequestDeeds request={request} />
        </>
      ) : (
        <ReadOnly needs="admin" />
      )}
      <Steps steps={steps} mayEdit={mayEdit} />
      {request.archive_path !== null && mayEdit && <Archive request={request} />}
      {request.certificate_sha256 !== null && <Certificate request={request} />}
    </div>
  );
}

function lawOf(jurisdiction: string): "uae" | "difc" | "adgm" | "gdpr" {
  return jurisdiction === "difc" || jurisdiction === "adgm" || jurisdiction === "gdpr" ? jurisdiction : "uae";
}

function Steps({ steps, mayEdit }: { steps: readonly Step[]; mayEdit: boolean }) {
  const { t } = useTranslation("settings");
  const style = useStyle();
  const { done, all } = progressOf(steps);
  if (all === 0) return null;
  const words = t("quotas.used", { used: formatCount(done, style), most: formatCount(all, style) });
  return (
    <section>
      <Heading>{t("steps.title")}</Heading>
      <p className="tabular mb-1 text-[13px] text-muted">{words}</p>
      <Bar share={done / all} label={`${t("steps.title")}: ${words}`} />
      <ol className="mt-3 divide-y divide-line rounded-box border border-line">
        {steps.map((step) => (
          <StepLine key={step.id} step={step} mayEdit={mayEdit} />
        ))}
      </ol>
    </section>
  );
}
