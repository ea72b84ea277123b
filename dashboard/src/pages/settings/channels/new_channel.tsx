/** Make a channel: its kind, where it leads, what it is told. Of a webhook the signing secret is shown once. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { hasUrl, type Kind, KINDS, type MadeChannel, urlOf, useCreateChannel } from "@/hooks/alert_channels";
import { cx } from "@/lib/cx";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { tellDone } from "@/ui/toast";
import { complaintOf, FormProblem } from "../parts";
import { TAKEN } from "./channel_dialog";
import { type Answers, answersOf, ChannelFieldsForm, fieldsOf } from "./channel_fields";
import { KIND_ICONS } from "./kinds";
import { SigningSecret } from "./signing_secret";
import { UrlField } from "./url_field";

export function NewChannel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const create = useCreateChannel();
  const [kind, setKind] = useState<Kind>("email");
  const [answers, setAnswers] = useState<Answers>(() => answersOf(null));
  const [addresses, setAddresses] = useState("");
  const [url, setUrl] = useState("");
  const [tried, setTried] = useState(false);
  const [made, setMade] = useState<MadeChannel | null>(null);
  const missing = {
    name: answers.name.trim() === "",
    target: kind === "email" && addresses.trim() === "",
    url: hasUrl(kind) && urlOf(url) === null,
  };
  const taken = create.error !== null && asProblem(create.error).code === TAKEN;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing.name || missing.target || missing.url) return;
    create.mutate(
      { ...fieldsOf(answers, kind), kind, enabled: true, addresses, url },
      {
        onSuccess: (done) => {
          tellDone(t("channels.made"));
          if (done.signingSecret === null) onClose();
          else setMade(done);
        },
      },
    );
  };
  if (made?.signingSecret) return <SigningSecret secret={made.signingSecret} onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="large"
      title={t("channels.add")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button type="submit" form="channel" look="primary" busy={create.isPending}>
            {t("channels.add_action")}
          </Button>
        </>
      }
    >
      <form id="channel" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <KindChoice kind={kind} onChange={setKind} />
        <Field
          label={t("channels.name")}
          error={
            tried && missing.name
              ? t("common:form.required")
              : taken
                ? t("channels.taken")
                : complaintOf(create.error, "name")
          }
        >
          {(control) => (
            <Input
              {...control}
              dir="auto"
              maxLength={100}
              autoComplete="off"
              value={answers.name}
              onChange={({ target }) => setAnswers((before) => ({ ...before, name: target.value }))}
            />
          )}
        </Field>
        {kind === "email" && (
          <Field
            label={t("channels.addresses")}
            help={t("channels.addresses_help")}
            error={tried && missing.target ? t("common:form.required") : complaintOf(create.error, "target")}
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
        {hasUrl(kind) && (
          <UrlField
            kind={kind}
            value={url}
            onChange={setUrl}
            error={tried && missing.url ? t("channels.url_wrong") : complaintOf(create.error, "url")}
          />
        )}
        <ChannelFieldsForm
          kind={kind}
          answers={answers}
          set={(change) => setAnswers((before) => ({ ...before, ...change }))}
          errorOf={(field) => complaintOf(create.error, field)}
        />
        {!taken && <FormProblem error={create.error} shown={["name", "target", "url", "kinds", "repeat_minutes"]} />}
      </form>
    </Dialog>
  );
}

function KindChoice({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  const { t } = useTranslation("settings");
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">{t("channels.kind_field")}</legend>
      <div className="grid grid-cols-2 gap-2 sm:grid-cols-5">
        {KINDS.map((each) => {
          const Icon = KIND_ICONS[each];
          return (
            <label
              key={each}
              className={cx(
                "flex cursor-pointer flex-col items-center gap-1 rounded-box border px-2 py-3 text-center has-focus-visible:outline-2 has-focus-visible:outline-accent",
                each === kind ? "border-accent bg-accent-soft" : "border-line hover:bg-sunken",
              )}
            >
              <input
                type="radio"
                name="kind"
                className="sr-only"
                checked={each === kind}
                onChange={() => onChange(each)}
              />
              <Icon className="size-5" aria-hidden />
              <span className="text-[13px]">{t(`channels.kind.${each}`)}</span>
            </label>
          );
        })}
      </div>
      <p className="mt-1.5 text-[13px] text-muted">{t(`channels.kind_help.${kind}`)}</p>
    </fieldset>
  );
}
