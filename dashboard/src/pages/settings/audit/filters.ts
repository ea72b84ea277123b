/** What the address says of the log, as filters and as lines of a file. */
import type { AuditFilters, AuditLine } from "@/hooks/audit";
import { spanOfDay } from "@/lib/period";
import type { Search } from "../search";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Days are those of the organization's time zone, both included. */
export function filtersOf(search: Partial<Search>, timeZone: string): AuditFilters {
  const { actor, action, target, target_id: targetId, from, to } = search;
  const day = (text: string | undefined) =>
    text !== undefined && DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
  const [first, last] = [day(from), day(to)];
  return {
    actor,
    action,
    target,
    targetId,
    since: first === null ? null : spanOfDay(first, timeZone).since,
    until: last === null ? null : spanOfDay(last, timeZone).until,
  };
}

/** The columns of an export, which are the hub's own names. */
export const EXPORTED = [
  "sequence",
  "occurred_at",
  "actor_type",
  "actor_id",
  "actor",
  "action",
  "target_type",
  "target_id",
  "detail",
  "before",
  "after",
  "remote_address",
  "user_agent",
] as const;

/** A line of the log as cells of `EXPORTED`; `actor`: the person's address, where it is known. */
export function cellsOf(line: AuditLine, actor: string | null): (string | number | null)[] {
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  return [
    line.sequence,
    line.occurred_at,
    line.actor_type,
    line.actor_id,
    actor,
    line.action,
    line.target_type,
    line.target_id,
    json(line.detail),
    json(line.before),
    json(line.after),
    line.remote_address,
    line.user_agent,
  ];
}
