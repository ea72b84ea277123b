/** How one gateway takes part: its place, its share, what it charges, and which payments it is used for. */
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Gateway, type Routing, useUpdateRouting } from "@/hooks/gateways";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { tellDone } from "@/ui/toast";
import { DialogProblem } from "./dialog_problem";
import { LimitFields } from "./limit_fields";
import { termsChanges, type TermsDraft, termsDraft, termsTrouble } from "./routing_draft";

interface Props {
  gateway: Gateway;
  routing: Routing;
  onClose: () => void;
}

type LineName = "priority" | "weight" | "percent" | "fixed" | "fixedCurrency";

export function RoutingDialog({ gateway, routing, onClose }: Props) {
  const { t } = useTranslation(["payments", "common"]);
  const form = useId();
  const [draft, setDraft] = useState(() => termsDraft(routing));
  const [tried, setTried] = useState(false);
  const update = useUpdateRouting();
  const trouble = termsTrouble(draft);
  const shown = tried ? trouble : {};
  const change = (part: Partial<TermsDraft>) => setDraft((before) => ({ ...before, ...part }));
  const save = () => {
    setTried(true);
    if (Object.keys(trouble).length > 0) return;
    update.mutate(
      { connection: gateway.id, changes: termsChanges(draft) },
      {
        onSuccess: () => {
          tellDone(t("routing.saved", { name: gateway.name }));
          onClose();
        },
      },
    );
  };
  const line = (name: LineName, help?: string) => {
    const found = shown[name];
    return (
      <Field label={t(`terms_field.${name}`)} help={help} error={found && t(`trouble.${found}`)}>
        {(control) => (
          <Input
            {...control}
            dir="ltr"
            inputMode={name === "fixedCurrency" ? "text" : "decimal"}
            autoComplete="off"
            value={draft[name]}
            onChange={(event) => change({ [name]: event.target.value.trim() })}
          />
        )}
      </Field>
    );
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("routing.edit", { name: gateway.name })}
      description={t("routing.edit_text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button look="primary" type="submit" form={form} busy={update.isPending}>
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          {line("priority", t("terms_help.priority"))}
          {line("weight", t("terms_help.weight"))}
        </div>
        <section className="flex flex-col gap-4 border-t border-line pt-4">
          <div>
            <h3 className="font-semibold">{t("routing.fees")}</h3>
            <p className="text-[13px] text-muted">{t("routing.fees_text")}</p>
          </div>
          <div className="grid gap-4 sm:grid-cols-3">
            {line("percent")}
            {line("fixed")}
            {line("fixedCurrency")}
          </div>
        </section>
        <section className="flex flex-col gap-4 border-t border-line pt-4">
          <div>
            <h3 className="font-semibold">{t("routing.limits")}</h3>
            <p className="text-[13px] text-muted">{t("routing.limits_text")}</p>
          </div>
          <LimitFields value={draft} onChange={change} trouble={shown} />
        </section>
        <DialogProblem error={update.error} />
      </form>
    </Dialog>
  );
}
