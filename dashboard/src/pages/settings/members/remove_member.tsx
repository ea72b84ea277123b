/** Remove a member, or leave. */
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useUser } from "@/app/session";
import { type Member, useRemoveMember } from "@/hooks/members";
import { organizationKeys } from "@/hooks/organizations";
import { Confirm } from "@/ui/confirm";
import { tellDone } from "@/ui/toast";

export function RemoveMember({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const { name } = useOrganization();
  const user = useUser();
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useRemoveMember();
  const me = user.id === member.user_id;
  const confirm = async () => {
    await remove.mutateAsync(member.user_id);
    if (!me) {
      tellDone(t("members.removed", { name: member.email }));
      return;
    }
    await client.refetchQueries({ queryKey: organizationKeys.mine(user.id) });
    await navigate({ to: "/" });
  };
  return (
    <Confirm
      open
      onOpenChange={onClose}
      title={me ? t("members.leave_title", { organization: name }) : t("members.remove_title", { name: member.email })}
      action={me ? t("members.leave") : t("members.remove_action")}
      typed={me ? name : member.email}
      onConfirm={confirm}
    >
      {me ? t("members.leave_text") : t("members.remove_text")}
    </Confirm>
  );
}
