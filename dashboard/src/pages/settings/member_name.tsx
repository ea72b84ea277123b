/** A person by their id: name or address, as long as they are a member. */
import { useTranslation } from "react-i18next";
import { useMembers } from "@/hooks/members";

/** `id` null: no person did it. */
export function MemberName({ id }: { id: string | null }) {
  const { t } = useTranslation("settings");
  const member = useMembers().data?.find(({ user_id }) => user_id === id);
  if (id === null) return <span>{t("person.none")}</span>;
  if (!member) {
    return (
      <span title={id} className="whitespace-nowrap">
        {t("person.gone")} <code className="font-mono text-xs" dir="ltr">{`${id.slice(0, 8)}…`}</code>
      </span>
    );
  }
  return <bdi title={member.email}>{member.name ?? member.email}</bdi>;
}

/** Who did something, as the hub writes it: `user:<id>`, `api_key:<id>`, `service` or `worker`. */
export function ActorName({ actor }: { actor: string }) {
  const { t } = useTranslation("settings");
  const [type, id] = actor.split(":", 2);
  if (type === "user") return <MemberName id={id ?? null} />;
  if (type === "api_key") {
    return (
      <span className="whitespace-nowrap">
        {t("actor.api_key")} <code className="font-mono text-xs" dir="ltr">{`${(id ?? "").slice(0, 8)}…`}</code>
      </span>
    );
  }
  return <span>{type === "service" ? t("actor.service") : t("actor.worker")}</span>;
}
