/** What the person is called: other members see it beside their address. */
import { type SubmitEvent, useState } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useUser } from "@/app/session";
import { useUpdateAccount } from "@/hooks/account";
import { memberKeys } from "@/hooks/members";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { tellDone } from "@/ui/toast";
import { FormProblem } from "../parts";

export function Name() {
  const { t } = useTranslation(["settings", "common"]);
  const user = useUser();
  const { id } = useOrganization();
  const client = useQueryClient();
  const kept = (user.user_metadata as { full_name?: unknown }).full_name;
  const before = typeof kept === "string" ? kept : "";
  const [name, setName] = useState(before);
  const update = useUpdateAccount();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    update.mutate(
      { data: { full_name: name.trim() } },
      {
        onSuccess: () => {
          tellDone(t("account.name_saved"));
          void client.invalidateQueries({ queryKey: memberKeys.list(id) });
        },
      },
    );
  };
  return (
    <form noValidate onSubmit={submit} className="flex max-w-md flex-col gap-3">
      <Field label={t("account.name")} help={t("account.name_help")} optional>
        {(control) => (
          <Input
            {...control}
            dir="auto"
            autoComplete="name"
            maxLength={200}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        )}
      </Field>
      <FormProblem error={update.error} />
      <div>
        <Button type="submit" disabled={name.trim() === before} busy={update.isPending}>
          {t("common:actions.save")}
        </Button>
      </div>
    </form>
  );
}
