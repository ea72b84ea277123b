/** Make somebody who has signed up a member. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Role, useOrganization } from "@/app/organization";
import { rolesToGive, useSetMember } from "@/hooks/members";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { tellDone } from "@/ui/toast";
import { Command, complaintOf, FormProblem } from "../parts";

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export function AddMember({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const { role: own } = useOrganization();
  const add = useSetMember();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [wrong, setWrong] = useState(false);
  const unknown = add.error !== null && asProblem(add.error).code === "user_not_found";
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const fits = EMAIL.test(email.trim());
    setWrong(!fits);
    if (!fits) return;
    add.mutate(
      { email: email.trim(), role },
      {
        onSuccess: () => {
          tellDone(t("members.added", { name: email.trim() }));
          onClose();
        },
      },
    );
  };
  const error = wrong ? t("members.email_wrong") : unknown ? t("members.unknown") : complaintOf(add.error, "email");
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("members.add")}
      description={t("members.add_text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button type="submit" form="add-member" look="primary" busy={add.isPending}>
            {t("members.add_action")}
          </Button>
        </>
      }
    >
      <form id="add-member" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t("members.email")} error={error}>
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
        {unknown && (
          <div className="flex flex-col gap-2 text-[13px]">
            <p>{t("members.unknown_next")}</p>
            <Command>{window.location.origin}</Command>
          </div>
        )}
        <Field label={t("members.role")} help={t(`members.role_help.${role}`)} error={complaintOf(add.error, "role")}>
          {(control) => (
            <Select
              {...control}
              value={role}
              onChange={setRole}
              options={rolesToGive(own)
                .toReversed()
                .map((value) => ({ value, label: t(`common:role.${value}`) }))}
            />
          )}
        </Field>
        <FormProblem error={add.error} shown={["email", "role"]} />
      </form>
    </Dialog>
  );
}
