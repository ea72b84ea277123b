/** Noting what somebody said: that they agree, or no longer do. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRecordConsent } from "@/hooks/leads";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { tellDone } from "@/ui/toast";
import { errorAt, FormTrouble } from "./parts";
import { PurposeInput } from "./purpose_input";

interface Props {
  leadId: string;
  state: "given" | "withdrawn";
  purpose?: string;
  onClose: () => void;
}

const STATES = ["given", "pending", "withdrawn"] as const;
const FIELDS = ["purpose", "source", "text_version"];

export function ConsentDialog({ leadId, state: begun, purpose: about, onClose }: Props) {
  const { t } = useTranslation(["marketing", "common"]);
  const record = useRecordConsent();
  const [purpose, setPurpose] = useState(about ?? "marketing_email");
  const [state, setState] = useState<(typeof STATES)[number]>(begun);
  const [source, setSource] = useState("dashboard");
  const [version, setVersion] = useState("");
  const save = () =>
    record.mutate(
      {
        lead_id: leadId,
        purpose: purpose.trim(),
        state,
        source: source.trim() || "dashboard",
        ...(version.trim() !== "" && { text_version: version.trim() }),
      },
      {
        onSuccess: () => {
          tellDone(t("consents.recorded"));
          onClose();
        },
      },
    );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t(begun === "withdrawn" ? "consents.withdraw_title" : "consents.record")}
      description={t("consents.told_tools")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button look="primary" busy={record.isPending} onClick={save}>
            {t("consents.record_it")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label={t("consents.purpose")} error={errorAt(record.error, "purpose")}>
          {(control) => <PurposeInput control={control} value={purpose} onChange={setPurpose} />}
        </Field>
        <Field label={t("consents.state")} help={t(`consents.states.${state}`)}>
          {(control) => (
            <Select
              {...control}
              value={state}
              onChange={setState}
              options={STATES.map((value) => ({ value, label: t(`common:status.${value}`) }))}
            />
          )}
        </Field>
        <Field label={t("consents.source")} help={t("consents.source_help")} error={errorAt(record.error, "source")}>
          {(control) => (
            <Input {...control} dir="auto" value={source} onChange={(event) => setSource(event.target.value)} />
          )}
        </Field>
        <Field optional label={t("consents.version")} error={errorAt(record.error, "text_version")}>
          {(control) => (
            <Input {...control} dir="auto" value={version} onChange={(event) => setVersion(event.target.value)} />
          )}
        </Field>
        <FormTrouble error={record.error} fields={FIELDS} />
      </div>
    </Dialog>
  );
}
