/** Who may do what: the members, and what each role lets do. */
import { useMemo, useState } from "react";
import { LogOut, UserMinus, UserPlus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type Role, useMay, useOrganization } from "@/app/organization";
import { useUser } from "@/app/session";
import { type Member, obstacleTo, isLastOwner, rolesToGive, useMembers, useSetMember } from "@/hooks/members";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Select } from "@/ui/select";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { tellDone, tellProblem } from "@/ui/toast";
import { settingsRoute } from "../route";
import { ReadOnly, useSet } from "../parts";
import { AddMember } from "./add_member";
import { RemoveMember } from "./remove_member";
import { Abilities } from "./abilities";

export function Members() {
  const { t } = useTranslation("settings");
  const { open } = settingsRoute.useSearch();
  const set = useSet();
  const mayEdit = useMay("admin");
  const members = useMembers();
  const [removing, setRemoving] = useState<Member | null>(null);
  return (
    <>
      <Panel
        title={members.data ? t("members.title_count", { count: members.data.length }) : t("members.title")}
        aside={
          mayEdit && (
            <Button size="small" onClick={() => set({ open: "new" })}>
              <UserPlus className="size-4" aria-hidden />
              {t("members.add")}
            </Button>
          )
        }
      >
        {!mayEdit && (
          <div className="border-b border-line px-4 py-2.5">
            <ReadOnly needs="admin" />
          </div>
        )}
        <Result query={members}>
          {(list) => (
            <ul className="divide-y divide-line">
              {list.map((member) => (
                <Line key={member.user_id} member={member} members={list} onRemove={() => setRemoving(member)} />
              ))}
            </ul>
          )}
        </Result>
      </Panel>
      <Abilities />
      {open === "new" && mayEdit && <AddMember onClose={() => set({ open: undefined })} />}
      {removing && <RemoveMember member={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

interface LineProps {
  member: Member;
  members: readonly Member[];
  onRemove: () => void;
}

function Line({ member, members, onRemove }: LineProps) {
  const { t } = useTranslation("settings");
  const { role: own } = useOrganization();
  const me = useUser().id === member.user_id;
  const obstacle = obstacleTo(own, member, members);
  const why = obstacle === null ? undefined : t(`members.obstacle.${obstacle}`);
  // Anybody may leave but the last owner.
  const stays = me ? isLastOwner(member, members) : obstacle !== null;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-2 px-4 py-3 md:grid-cols-[minmax(0,1fr)_10rem_2.5rem]">
      <div className="min-w-0 max-md:col-span-2">
        <p className="flex flex-wrap items-center gap-2">
          <bdi className="truncate font-medium">{member.name ?? member.email}</bdi>
          {me && <Badge tone="info">{t("members.you")}</Badge>}
        </p>
        <p className="text-[13px] text-muted">
          {member.name !== null && (
            <>
              <bdi>{member.email}</bdi>
              {" · "}
            </>
          )}
          {t("members.since")} <Time at={member.created_at} />
          {member.last_sign_in_at && (
            <>
              {" · "}
              {t("members.signed_in")} <Time at={member.last_sign_in_at} />
            </>
          )}
        </p>
      </div>
      <RoleOf member={member} why={why} />
      <span className="flex justify-end" title={stays ? why : undefined}>
        {(me || own === "admin" || own === "owner") && (
          <Button
            look="quiet"
            size="icon"
            disabled={stays}
            aria-label={me ? t("members.leave") : t("members.remove", { name: member.email })}
            onClick={onRemove}
          >
            {me ? (
              <LogOut className="size-4 rtl:-scale-x-100" aria-hidden />
            ) : (
              <UserMinus className="size-4" aria-hidden />
            )}
          </Button>
        )}
      </span>
    </li>
  );
}

function RoleOf({ member, why }: { member: Member; why: string | undefined }) {
  const { t } = useTranslation(["settings", "common"]);
  const { role: own } = useOrganization();
  const change = useSetMember();
  const roles = useMemo(() => rolesToGive(own), [own]);
  if (roles.length === 0) return <span className="text-muted">{t(`common:role.${member.role}`)}</span>;
  const choose = (role: Role) =>
    change.mutate(
      { email: member.email, role },
      {
        onSuccess: () => tellDone(t("members.changed", { name: member.email, role: t(`common:role.${role}`) })),
        onError: tellProblem,
      },
    );
  const options = roles.includes(member.role) ? roles : [member.role, ...roles];
  return (
    <span title={why}>
      <Select
        compact
        className="w-full"
        disabled={why !== undefined || change.isPending}
        aria-label={t("members.role_of", { name: member.email })}
        value={change.isPending ? change.variables.role : member.role}
        onChange={choose}
        options={options.map((value) => ({ value, label: t(`common:role.${value}`) }))}
      />
      {why !== undefined && <span className="mt-1 block text-xs text-muted">{why}</span>}
    </span>
  );
}
