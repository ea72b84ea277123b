/** What the address of the page holds. */
import { z } from "zod/mini";

const text = z.catch(z.optional(z.string()), undefined);

export const TABS = [
  "organization",
  "members",
  "connections",
  "keys",
  "limits",
  "alerts",
  "privacy",
  "retention",
  "audit",
  "backups",
  "account",
] as const;
export type Tab = (typeof TABS)[number];

/** The parts of the tab Privacy. */
export const PARTS = ["requests", "purposes", "recipients", "breaches", "law"] as const;
export type Part = (typeof PARTS)[number];

const one = <const V extends readonly string[]>(values: V) => z.catch(z.optional(z.enum(values)), undefined);

export const searchSchema = z.object({
  /** Which tab is shown. */
  tab: one(TABS),
  part: one(PARTS),
  /** The id of a connection. */
  connection: text,
  /** The state that a list is narrowed to, in the tab's own words. */
  status: text,
  /** Credentials that are older than so many days. */
  age: one(["90", "180", "365"]),
  /** What is open: a channel, a request, a breach, an audit line; each by its id. */
  open: text,
  /** The kind of a request. */
  kind: text,
  /** Of the audit log: who, what, on what (kind and id), and which days, both included. */
  actor: text,
  action: text,
  target: text,
  target_id: text,
  from: text,
  to: text,
});
/** What the address says. */
export type Search = z.infer<typeof searchSchema>;
