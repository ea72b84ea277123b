/** Makes or changes a subscription. Of a new one the secret is shown, this once. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useConnections } from "@/hooks/connections";
import { type Subscription, useSaveSubscription } from "@/hooks/subscriptions";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Checkbox, Field, Input, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import { ProblemText } from "@/ui/states";
import { tellDone } from "@/ui/toast";
import { Conditions } from "./conditions";
import { ShownOnce } from "@/ui/shown_once";
import { type Draft, draftOf, type Faults, faultsOf, fieldsOf } from "./subscription_draft";

interface Props {
  /** Null: a new one. */
  subscription: Subscription | null;
  onClose: () => void;
}

export function SubscriptionForm({ subscription, onClose }: Props) {
  const { t } = useTranslation(["webhooks", "common"]);
  const [draft, setDraft] = useState(() => draftOf(subscription));
  const [tried, setTried] = useState(false);
  const save = useSaveSubscription();
  const connections = useConnections(null);
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const found = faultsOf(draft);
  const faults: Faults = tried ? found : {}; // From the first try on, told as they are mended.
  const problem = save.error && asProblem(save.error);
  const field = problem?.field ?? "";
  const faultOf = (name: string) => {
    const fault = faults[name];
    if (fault) return fault === "required" ? t("common:form.required") : t(`form.fault.${fault}`);
    return field === name || field.startsWith(`${name}.`) ? problem?.message : undefined;
  };
  const submit = () => {
    setTried(true);
    if (Object.keys(found).length > 0) return;
    save.mutate(
      { subscription, fields: fieldsOf(draft) },
      {
        onSuccess: ({ secret }) => {
          if (secret !== null) return;
          tellDone(t("form.saved"));
          onClose();
        },
      },
    );
  };
  const secret = save.data?.secret;
  const id = "subscription-form";
  return (
    <Dialog
      open
      size="large"
      onOpenChange={onClose}
      title={secret ? t("form.made") : subscription ? t("subscription.edit") : t("add.subscription")}
      footer={
        secret ? (
          <Button look="primary" onClick={onClose}>
            {t("secret.kept")}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
            <Button type="submit" form={id} look="primary" busy={save.isPending}>
              {save.isPending ? t("form.checking") : subscription ? t("common:actions.save") : t("form.create")}
            </Button>
          </>
        )
      }
    >
      {secret ? (
        <ShownOnce text={secret} label={t("secret.title")}>
          {t("secret.once")}
        </ShownOnce>
      ) : (
        <form
          id={id}
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            // Portals let it reach the forms that this one was opened from.
            event.stopPropagation();
            event.preventDefault();
            submit();
          }}
        >
          <Field label={t("form.name")} error={faultOf("name")}>
            {(control) => (
              <Input
                {...control}
                value={draft.name}
                maxLength={100}
                autoComplete="off"
                onChange={(event) => set({ name: event.target.value })}
              />
            )}
          </Field>
          <Field label={t("form.url")} help={t("form.url_help")} error={faultOf("url")}>
            {(control) => (
              <Input
                {...control}
                type="url"
                dir="ltr"
                placeholder="https://example.com/webhooks"
                value={draft.url}
                onChange={(event) => set({ url: event.target.value })}
              />
            )}
          </Field>
          <Field label={t("columns.types")} help={t("form.types_help")} error={faultOf("event_types")}>
            {(control) => (
              <TextArea
                {...control}
                dir="ltr"
                className="font-mono text-[13px]"
                placeholder={"payment.*\nshipment.delivered"}
                value={draft.event_types}
                onChange={(event) => set({ event_types: event.target.value })}
              />
            )}
          </Field>
          <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
            <Field label={t("columns.connection")} error={faultOf("connection_id")}>
              {(control) => (
                <Select
                  {...control}
                  value={draft.connection_id}
                  onChange={(connection_id) => set({ connection_id })}
                  options={[
                    { value: "", label: t("subscription.all") },
                    ...(connections.data ?? []).map((each) => ({ value: each.id, label: each.name })),
                  ]}
                />
              )}
            </Field>
            <Field label={t("common:environment.label")} help={t("form.environment_help")}>
              {(control) => (
                <Select
                  {...control}
                  value={draft.environment}
                  onChange={(environment) => set({ environment })}
                  options={(["both", "sandbox", "live"] as const).map((value) => ({
                    value,
                    label: t(`common:environment.${value}`),
                  }))}
                />
              )}
            </Field>
          </div>
          <Conditions draft={draft} onChange={(conditions) => set({ conditions })} faultOf={faultOf} />
          <Field label={t("form.template")} optional help={t("form.template_help")} error={faultOf("template")}>
            {(control) => (
              <TextArea
                {...control}
                dir="ltr"
                className="font-mono text-[13px]"
                placeholder={'{"text": "Order {{data.reference}}"}'}
                value={draft.template}
                onChange={(event) => set({ template: event.target.value })}
              />
            )}
          </Field>
          <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
            <div>
              <Checkbox
                label={t("form.ordered")}
                checked={draft.ordered}
                onChange={(event) => set({ ordered: event.target.checked })}
              />
              <p className="ms-6 text-[13px] text-muted">{t("form.ordered_help")}</p>
            </div>
            <Field label={t("form.rate")} optional help={t("form.rate_help")} error={faultOf("rate_per_minute")}>
              {(control) => (
                <Input
                  {...control}
                  type="number"
                  dir="ltr"
                  min={1}
                  max={60_000}
                  value={draft.rate_per_minute}
                  onChange={(event) => set({ rate_per_minute: event.target.value })}
                />
              )}
            </Field>
          </div>
          {problem && (
            <div role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
              <ProblemText error={problem} />
              {subscription && <p>{t("form.switched_off")}</p>}
            </div>
          )}
        </form>
      )}
    </Dialog>
  );
}
