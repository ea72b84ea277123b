/** Note what somebody asks about their data. It is carried out at once, in every table and at every tool that can. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { REQUEST_KINDS, type RequestKind, useCreateRequest } from "@/hooks/subject_requests";
import { instantOf, localOf } from "@/lib/period";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Checkbox, Field, Input, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import { tellDone } from "@/ui/toast";
import { complaintOf, FormProblem } from "../parts";

/** What of a lead can be corrected. */
const CHANGES = ["first_name", "last_name", "email", "phone", "company", "language", "country"] as const;
type Change = (typeof CHANGES)[number];
const LATIN = new Set<Change>(["email", "phone", "language", "country"]);

interface Props {
  onClose: () => void;
  onMade: (id: string) => void;
}

export function NewRequest({ onClose, onMade }: Props) {
  const { t } = useTranslation(["settings", "common"]);
  const { time_zone } = useOrganization();
  const create = useCreateRequest();
  const [kind, setKind] = useState<RequestKind>("access");
  const [email, setEmail] = useState("");
  const [phone, setPhone] = useState("");
  const [identity, setIdentity] = useState("");
  const [note, setNote] = useState("");
  const [received, setReceived] = useState(() => localOf(new Date(), time_zone));
  const [changes, setChanges] = useState<Partial<Record<Change, string>>>({});
  const [understood, setUnderstood] = useState(false);
  const [tried, setTried] = useState(false);
  const wanted = Object.fromEntries(
    CHANGES.map((name) => [name, (changes[name] ?? "").trim()] as const).filter(([, value]) => value !== ""),
  );
  const addressed = email.trim() !== "" || phone.trim() !== "";
  const corrected = kind !== "correction" || Object.keys(wanted).length > 0;
  const erasing = kind === "erasure";
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (!addressed || !corrected || (erasing && !understood)) return;
    const receivedAt = instantOf(received, time_zone);
    create.mutate(
      {
        kind,
        ...(email.trim() !== "" && { email: email.trim() }),
        ...(phone.trim() !== "" && { phone: phone.trim() }),
        ...(identity.trim() !== "" && { identity_check: identity.trim() }),
        ...(note.trim() !== "" && { note: note.trim() }),
        ...(kind === "correction" && { changes: wanted }),
        // The minute that is shown may still be going on.
        ...(receivedAt !== null && new Date(receivedAt) < new Date() && { received_at: receivedAt }),
      },
      {
        onSuccess: ({ id }) => {
          tellDone(t("requests.made"));
          onMade(id);
        },
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="large"
      title={t("requests.add")}
      description={t("requests.add_text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button
            type="submit"
            form="request"
            look={erasing ? "danger" : "primary"}
            disabled={erasing && !understood}
            busy={create.isPending}
          >
            {t("requests.add_action")}
          </Button>
        </>
      }
    >
      <form id="request" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t("requests.kind_field")} help={t(`requests.kind_help.${kind}`)}>
          {(control) => (
            <Select
              {...control}
              value={kind}
              onChange={setKind}
              options={REQUEST_KINDS.map((value) => ({ value, label: t(`requests.kind.${value}`) }))}
            />
          )}
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label={t("requests.email")}
            error={tried && !addressed ? t("requests.who_missing") : complaintOf(create.error, "email")}
          >
            {(control) => (
              <Input
                {...control}
                type="email"
                dir="ltr"
                autoComplete="off"
                value={email}
                onChange={({ target }) => setEmail(target.value)}
              />
            )}
          </Field>
          <Field label={t("requests.phone")} error={complaintOf(create.error, "phone")}>
            {(control) => (
              <Input
                {...control}
                type="tel"
                dir="ltr"
                autoComplete="off"
                placeholder="+971500000001"
                value={phone}
                onChange={({ target }) => setPhone(target.value)}
              />
            )}
          </Field>
        </div>
        {kind === "correction" && (
          <fieldset className="flex flex-col gap-3 rounded-box border border-line p-4">
            <legend className="px-1 font-medium">{t("requests.changes")}</legend>
            {tried && !corrected && (
              <p role="alert" className="text-[13px] text-bad">
                {t("requests.changes_missing")}
              </p>
            )}
            <div className="grid gap-4 sm:grid-cols-2">
              {CHANGES.map((name) => (
                <Field
                  key={name}
                  label={t(`requests.change.${name}`)}
                  error={complaintOf(create.error, `changes.${name}`)}
                >
                  {(control) => (
                    <Input
                      {...control}
                      dir={LATIN.has(name) ? "ltr" : "auto"}
                      autoComplete="off"
                      value={changes[name] ?? ""}
                      onChange={({ target }) => setChanges((before) => ({ ...before, [name]: target.value }))}
                    />
                  )}
                </Field>
              ))}
            </div>
          </fieldset>
        )}
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label={t("requests.received")}
            help={t("requests.received_help")}
            error={complaintOf(create.error, "received_at")}
          >
            {(control) => (
              <Input
                {...control}
                type="datetime-local"
                value={received}
                onChange={({ target }) => setReceived(target.value)}
              />
            )}
          </Field>
          <Field
            label={t("requests.identity_check")}
            help={t("requests.identity_help")}
            error={complaintOf(create.error, "identity_check")}
            optional
          >
            {(control) => (
              <Input
                {...control}
                dir="auto"
                maxLength={500}
                value={identity}
                onChange={({ target }) => setIdentity(target.value)}
              />
            )}
          </Field>
        </div>
        <Field
          label={t("requests.note")}
          help={t("requests.note_help")}
          error={complaintOf(create.error, "note")}
          optional
        >
          {(control) => (
            <TextArea
              {...control}
              dir="auto"
              maxLength={1000}
              value={note}
              onChange={({ target }) => setNote(target.value)}
            />
          )}
        </Field>
        {erasing && (
          <Checkbox
            label={t("requests.erasure_understood")}
            checked={understood}
            onChange={({ target }) => setUnderstood(target.checked)}
          />
        )}
        <FormProblem
          error={create.error}
          shown={[
            "email",
            "phone",
            "note",
            "identity_check",
            "received_at",
            ...CHANGES.map((name) => `changes.${name}`),
          ]}
        />
      </form>
    </Dialog>
  );
}
