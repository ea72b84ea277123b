/** What happened last: events, operations, and, for those who may read it, the audit log. */
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useRecentAudit } from "@/hooks/audit";
import type { Environment } from "@/hooks/connections";
import { useRecentEvents } from "@/hooks/events";
import { useRecentOperations } from "@/hooks/operations";
import { Status } from "@/ui/badge";
import { Panel } from "@/ui/panel";
import { Select } from "@/ui/select";
import { Empty, Result } from "@/ui/states";
import { Time } from "@/ui/time";

const SHOWN = 8;
type Kind = "events" | "operations" | "audit";

export function Activity({ environment }: { environment: Environment | null }) {
  const { t } = useTranslation("overview");
  const [kind, setKind] = useState<Kind>("events");
  const mayAudit = useMay("admin");
  const kinds: Kind[] = mayAudit ? ["events", "operations", "audit"] : ["events", "operations"];
  return (
    <Panel
      title={t("activity.title")}
      aside={
        <Select
          compact
          aria-label={t("activity.label")}
          value={kind}
          onChange={setKind}
          options={kinds.map((value) => ({ value, label: t(`activity.${value}`) }))}
        />
      }
    >
      {kind === "events" && <Events environment={environment} />}
      {kind === "operations" && <Operations />}
      {kind === "audit" && <Audit />}
    </Panel>
  );
}

function Events({ environment }: { environment: Environment | null }) {
  return (
    <Result query={useRecentEvents(SHOWN, environment)} empty={<Nothing />}>
      {(events) => (
        <List>
          {events.map(({ id, type, created_at }) => (
            <Line key={id} what={type} at={created_at} />
          ))}
        </List>
      )}
    </Result>
  );
}

function Operations() {
  return (
    <Result query={useRecentOperations(SHOWN)} empty={<Nothing />}>
      {(operations) => (
        <List>
          {operations.map(({ id, kind, created_at, status }) => (
            <Line key={id} what={kind} at={created_at} aside={<Status state={status} />} />
          ))}
        </List>
      )}
    </Result>
  );
}

function Audit() {
  return (
    <Result query={useRecentAudit(SHOWN, true)} empty={<Nothing />}>
      {(lines) => (
        <List>
          {lines.map(({ id, action, occurred_at }) => (
            <Line key={id} what={action} at={occurred_at} />
          ))}
        </List>
      )}
    </Result>
  );
}

function List({ children }: { children: ReactNode }) {
  return <ul className="divide-y divide-line">{children}</ul>;
}

function Line({ what, at, aside }: { what: string; at: string; aside?: ReactNode }) {
  return (
    <li className="flex items-center justify-between gap-3 px-4 py-2">
      <span className="flex min-w-0 items-center gap-2">
        <code className="truncate font-mono text-[13px]" dir="ltr" title={what}>
          {what}
        </code>
        {aside}
      </span>
      <span className="text-[13px] text-muted">
        <Time at={at} />
      </span>
    </li>
  );
}

function Nothing() {
  const { t } = useTranslation("overview");
  return <Empty title={t("activity.empty")}>{t("activity.empty_text")}</Empty>;
}
