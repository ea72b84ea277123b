/** What an admin may do about a request: take longer, or refuse it before it is begun. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type SubjectRequest, useExtendRequest, useRefuseRequest } from "@/hooks/subject_requests";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, TextArea } from "@/ui/field";
import { tellDone } from "@/ui/toast";
import { complaintOf, FormProblem } from "../parts";

type Deed = "extend" | "refuse";

export function RequestDeeds({ request }: { request: SubjectRequest }) {
  const { t } = useTranslation("settings");
  const [doing, setDoing] = useState<Deed | null>(null);
  if (request.finished_at !== null) return null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {request.extended_at === null && (
        <Button size="small" onClick={() => setDoing("extend")}>
          {t("requests.extend")}
        </Button>
      )}
      <Button
        size="small"
        look="danger"
        disabled={request.status !== "received"}
        aria-describedby={request.status === "received" ? undefined : "refuse-why"}
        onClick={() => setDoing("refuse")}
      >
        {t("requests.refuse")}
      </Button>
      {request.status !== "received" && (
        <span id="refuse-why" className="text-[13px] text-muted">
          {t("requests.refuse_late")}
        </span>
      )}
      {doing && <Reasoned key={doing} deed={doing} request={request} onClose={() => setDoing(null)} />}
    </div>
  );
}

function Reasoned({ deed, request, onClose }: { deed: Deed; request: SubjectRequest; onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const extend = useExtendRequest();
  const refuse = useRefuseRequest();
  const act = deed === "extend" ? extend : refuse;
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setMissing(reason.trim() === "");
    if (reason.trim() === "") return;
    // One that is refused offers nothing more: this dialog may be gone before callbacks of `mutate` were called.
    act.mutateAsync({ request_id: request.id, reason: reason.trim() }).then(
      () => {
        tellDone(t(`requests.${deed}_done`));
        onClose();
      },
      () => undefined, // Shown below.
    );
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="small"
      title={t(`requests.${deed}_title`)}
      description={t(`requests.${deed}_text`)}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button type="submit" form="reason" look={deed === "refuse" ? "danger" : "primary"} busy={act.isPending}>
            {t(`requests.${deed}`)}
          </Button>
        </>
      }
    >
      <form id="reason" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label={t("requests.reason")}
          help={t("requests.reason_help")}
          error={missing && reason.trim() === "" ? t("common:form.required") : complaintOf(act.error, "reason")}
        >
          {(control) => (
            <TextArea
              {...control}
              dir="auto"
              maxLength={1000}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
          )}
        </Field>
        <FormProblem error={act.error} shown={["reason"]} />
      </form>
    </Dialog>
  );
}
