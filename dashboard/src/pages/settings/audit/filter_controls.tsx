/** Who, what, on what, when. */
import { useTranslation } from "react-i18next";
import { useMembers } from "@/hooks/members";
import { FilterInput } from "@/ui/filter_input";
import { Combobox } from "@/ui/combobox";
import { Input } from "@/ui/field";
import type { Search } from "../search";

/** What the log tells of most. */
const TARGETS = [
  "organization",
  "user",
  "api_key",
  "connection",
  "credential",
  "alert_channel",
  "alert_rule",
  "retention_period",
  "legal_hold",
  "data_subject_request",
  "data_subject_step",
  "processing_purpose",
  "data_transfer",
  "data_breach",
  "privacy_settings",
  "payment",
  "shipment",
  "lead",
  "automation",
  "webhook_endpoint",
  "webhook_subscription",
  "rate_limit",
];
/** What is done, such as member.set or member.*. */
const ACTION = /^[a-z_*]+(\.[a-z_*]*)?$/;

interface Props {
  search: Search;
  set: (change: Partial<Search>) => void;
}

export function Filters({ search, set }: Props) {
  const { t } = useTranslation("settings");
  const members = useMembers().data ?? [];
  const targets = t("audit.target", { returnObjects: true }) as Record<string, string>;
  const known = search.target === undefined || TARGETS.includes(search.target) ? TARGETS : [search.target, ...TARGETS];
  return (
    <>
      <Combobox
        label={t("audit.who")}
        clearable
        value={search.actor ?? null}
        onChange={(actor) => set({ actor: actor ?? undefined })}
        options={[
          ...members.map(({ user_id, name, email }) => ({
            value: user_id,
            label: name ? `${name} (${email})` : email,
          })),
          { value: "service", label: t("actor.service") },
          { value: "worker", label: t("actor.worker") },
        ]}
      />
      <span className="w-44">
        <FilterInput
          label={t("audit.action")}
          value={search.action}
          accepts={(text) => ACTION.test(text)}
          onChange={(action) => set({ action })}
        />
      </span>
      <Combobox
        label={t("audit.on")}
        clearable
        value={search.target ?? null}
        onChange={(target) => set({ target: target ?? undefined, target_id: undefined })}
        options={known.map((value) => ({ value, label: targets[value] ?? value }))}
      />
      {search.target_id !== undefined && (
        <span className="rounded-full bg-sunken px-2 py-0.5 font-mono text-xs" dir="ltr" title={search.target_id}>
          {search.target_id.length > 14 ? `${search.target_id.slice(0, 8)}…` : search.target_id}
        </span>
      )}
      {(["from", "to"] as const).map((end) => (
        <label key={end} className="flex items-center gap-1.5 text-[13px] text-muted">
          {t(`audit.${end}`)}
          <Input
            type="date"
            className="h-8 w-36 border-line px-2"
            value={search[end] ?? ""}
            onChange={({ target }) => set({ [end]: target.value || undefined })}
          />
        </label>
      ))}
    </>
  );
}
