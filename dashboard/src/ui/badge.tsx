/** States as an icon and a word, never as a colour alone. */
import type { ReactNode } from "react";
import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleHelp,
  Clock,
  Info,
  Pause,
  TriangleAlert,
} from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { cx } from "@/lib/cx";

export type Tone = "good" | "warn" | "bad" | "info" | "neutral";

const TONES: Record<Tone, string> = {
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  info: "bg-info-soft text-info",
  neutral: "bg-sunken text-muted",
};

interface Props {
  tone?: Tone;
  icon?: LucideIcon;
  children: ReactNode;
}

/** A short word on a soft ground. */
export function Badge({ tone = "neutral", icon: Icon, children }: Props) {
  return (
    <span
      className={cx(
        "inline-flex items-center gap-1 rounded-full px-2 py-0.5 align-middle text-xs font-medium whitespace-nowrap",
        TONES[tone],
      )}
    >
      {Icon && <Icon className="size-3.5" aria-hidden />}
      {children}
    </span>
  );
}

const LOOKS: Record<string, [Tone, LucideIcon]> = {};
const look = (tone: Tone, icon: LucideIcon, ...states: string[]) => {
  for (const state of states) LOOKS[state] = [tone, icon];
};
look("good", CircleCheck, "up", "active", "succeeded", "captured", "paid", "delivered", "published", "processed");
look("good", CircleCheck, "synced", "finished", "done", "completed", "resolved", "healed", "won", "ok");
look("good", CircleCheck, "sent", "given");
look("bad", CircleAlert, "down", "failed", "dead", "critical", "refused", "lost", "needs_attention", "exception");
look("warn", TriangleAlert, "degraded", "warning", "open", "disputed", "unknown_outcome", "awaiting_person");
look("warn", TriangleAlert, "by_person");
look("info", Clock, "pending", "created", "processing", "requires_action", "authorized", "scheduled", "publishing");
look("info", Clock, "received", "in_transit", "out_for_delivery", "picked_up", "running", "in_progress", "waiting");
look("info", Clock, "rotated", "sending", "forget");
look("info", Info, "kept", "info", "acknowledged", "partially_captured", "partially_refunded", "refunded", "returned");
look("neutral", Pause, "paused", "snoozed");
look("neutral", Ban, "cancelled", "disconnected", "disabled", "expired", "deleted", "revoked", "ignored", "skipped");
look("neutral", Ban, "dropped", "withdrawn", "forgotten", "reset", "dismissed", "closed");
look("neutral", CircleDashed, "draft", "idle", "filtered", "recorded", "duplicate");

/** The state of something in the hub's own word, such as `captured`; the word shown is in common.json, `status`. */
export function Status({ state }: { state: string }) {
  const { t } = useTranslation();
  const [tone, icon] = LOOKS[state] ?? ["neutral", CircleHelp];
  const words = t("status", { returnObjects: true }) as Record<string, string>;
  return (
    <Badge tone={tone} icon={icon}>
      {words[state] ?? state.replaceAll("_", " ")}
    </Badge>
  );
}

/** Sandbox or live. */
export function EnvironmentBadge({ environment }: { environment: "sandbox" | "live" }) {
  const { t } = useTranslation();
  return <Badge tone={environment === "live" ? "info" : "neutral"}>{t(`environment.${environment}`)}</Badge>;
}
