/** Change a channel. Its kind stays, and its URL has a dialog of its own. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Channel, type Kind, useUpdateChannel } from "@/hooks/alert_channels";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { tellDone } from "@/ui/toast";
import { complaintOf, FormProblem } from "../parts";
import { type Answers, answersOf, ChannelFieldsForm, fieldsOf } from "./channel_fields";

/** PostgREST's code for a name that is taken. */
export const TAKEN = "23505";

export function ChannelDialog({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const kind = channel.kind as Kind;
  const update = useUpdateChannel();
  const [answers, setAnswers] = useState<Answers>(() => answersOf(channel));
  const [addresses, setAddresses] = useState(channel.target ?? "");
  const [missing, setMissing] = useState(false);
  const taken = update.error !== null && asProblem(update.error).code === TAKEN;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setMissing(answers.name.trim() === "");
    if (answers.name.trim() === "") return;
    update.mutate(
      { id: channel.id, ...fieldsOf(answers, kind), ...(kind === "email" && { target: addresses.trim() }) },
      {
        onSuccess: () => {
          tellDone(t("channels.saved"));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="large"
      title={t("channels.edit")}
      description={t(`channels.kind.${kind}`)}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button type="submit" form="channel" look="primary" busy={update.isPending}>
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <form id="channel" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label={t("channels.name")}
          error={
            missing && answers.name.trim() === ""
              ? t("common:form.required")
              : taken
                ? t("channels.taken")
                : complaintOf(update.error, "name")
          }
        >
          {(control) => (
            <Input
              {...control}
              dir="auto"
              maxLength={100}
              value={answers.name}
              onChange={({ target }) => setAnswers((before) => ({ ...before, name: target.value }))}
            />
          )}
        </Field>
        {kind === "email" && (
          <Field
            label={t("channels.addresses")}
            help={t("channels.addresses_help")}
            error={complaintOf(update.error, "target")}
          >
            {(control) => (
              <Input
                {...control}
                dir="ltr"
                autoComplete="off"
                value={addresses}
                onChange={({ target }) => setAddresses(target.value)}
              />
            )}
          </Field>
        )}
        <ChannelFieldsForm
          kind={kind}
          answers={answers}
          set={(change) => setAnswers((before) => ({ ...before, ...change }))}
          errorOf={(field) => complaintOf(update.error, field)}
        />
        {!taken && <FormProblem error={update.error} shown={["name", "target", "kinds", "repeat_minutes"]} />}
      </form>
    </Dialog>
  );
}
