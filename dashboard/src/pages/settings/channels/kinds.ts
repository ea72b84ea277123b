/** Kinds of channels, and which alerts they are told of. */
import { Hash, Inbox, type LucideIcon, Mail, MessagesSquare, Webhook } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useAlertRules } from "@/hooks/alert_rules";
import type { Kind } from "@/hooks/alert_channels";

export const KIND_ICONS: Record<Kind, LucideIcon> = {
  email: Mail,
  webhook: Webhook,
  slack: Hash,
  teams: MessagesSquare,
  in_app: Inbox,
};

/** What the hub's alerts are about: the first part of their kinds. */
export const SUBJECTS = [
  "connection",
  "rule",
  "payment",
  "shipment",
  "post",
  "account",
  "lead",
  "automation",
  "delivery",
  "subscription",
  "capability",
  "privacy",
  "alert_channel",
] as const;
export type Subject = (typeof SUBJECTS)[number];

export const ALL = "*";
const UUID = /^[0-9a-f]{8}-/;

/** The patterns of a choice of subjects; all of them are one. What the form does not know stays. */
export function patternsOf(subjects: ReadonlySet<Subject>, others: readonly string[]): string[] {
  if (subjects.size === SUBJECTS.length) return [ALL];
  return [...SUBJECTS.filter((each) => subjects.has(each)).map((each) => `${each}.*`), ...others];
}

/** The subjects that patterns name, and the patterns that are none. */
export function subjectsOf(patterns: readonly string[]): { subjects: Set<Subject>; others: string[] } {
  if (patterns.includes(ALL)) return { subjects: new Set(SUBJECTS), others: [] };
  const subjectOf = (pattern: string) => SUBJECTS.find((each) => `${each}.*` === pattern);
  return {
    subjects: new Set(patterns.flatMap((pattern) => subjectOf(pattern) ?? [])),
    others: patterns.filter((pattern) => subjectOf(pattern) === undefined),
  };
}

/** Names a pattern: all, a subject, a rule, or as it is written. */
export function usePatternName(): (pattern: string) => string {
  const { t } = useTranslation("settings");
  const rules = useAlertRules().data;
  return (pattern) => {
    if (pattern === ALL) return t("channels.all_kinds");
    const subject = SUBJECTS.find((each) => `${each}.*` === pattern);
    if (subject) return t(`channels.subject.${subject}`);
    if (UUID.test(pattern)) return rules?.find(({ id }) => id === pattern)?.name ?? pattern;
    return pattern;
  };
}
