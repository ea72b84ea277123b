/** Small things that several tabs are made of. */
import type { ReactNode } from "react";
import { Lock } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Role } from "@/app/organization";
import { asProblem } from "@/lib/problem";
import { cx } from "@/lib/cx";
import { CopyButton } from "@/ui/copy_button";
import { ProblemText } from "@/ui/states";
import { settingsRoute } from "./route";
import type { Search } from "./search";

/** Change some of what the address says, and keep the rest. */
export function useSet() {
  const navigate = settingsRoute.useNavigate();
  return (change: Partial<Search>) => void navigate({ search: (before) => ({ ...before, ...change }) });
}

/** Why controls are not there: the role it takes. */
export function ReadOnly({ needs }: { needs: Exclude<Role, "viewer"> }) {
  const { t } = useTranslation(["settings", "common"]);
  return (
    <p className="flex items-center gap-2 text-[13px] text-muted">
      <Lock className="size-3.5 shrink-0" aria-hidden />
      {t("read_only", { role: t(`common:role.${needs}`) })}
    </p>
  );
}

/** A paragraph below a panel's title. */
export function Told({ children, className }: { children: ReactNode; className?: string }) {
  return <p className={cx("max-w-prose text-[13px] text-muted", className)}>{children}</p>;
}

/** The hub's own English: of manifests, laws and messages. */
export function English({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <span lang="en" dir="auto" className={className}>
      {children}
    </span>
  );
}

/** A line to be typed into a terminal. */
export function Command({ children }: { children: string }) {
  return (
    <span dir="ltr" className="flex items-start gap-2 rounded-box bg-sunken px-3 py-2">
      <code lang="en" className="min-w-0 grow font-mono text-[13px] break-words whitespace-pre-wrap">
        {children}
      </code>
      <CopyButton text={children} />
    </span>
  );
}

/** What went wrong, below a form; `shown` names the fields that tell their own. */
export function FormProblem({ error, shown = [] }: { error: unknown; shown?: readonly string[] }) {
  const { t } = useTranslation();
  if (error === null || error === undefined) return null;
  const problem = asProblem(error);
  if (problem.field !== null && shown.includes(problem.field)) return null;
  return (
    <div role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
      <p className="font-medium">{t(`problem.${problem.kind}`)}</p>
      <ProblemText error={problem} />
    </div>
  );
}

/** The message for one field of a form, if the problem is with that one. */
export function complaintOf(error: unknown, field: string): string | undefined {
  if (error === null || error === undefined) return undefined;
  const problem = asProblem(error);
  return problem.field === field ? problem.message : undefined;
}

/** How much of something is used; the words beside it say it too. */
export function Bar({
  share,
  label,
  tone = "accent",
}: {
  share: number;
  label: string;
  tone?: "accent" | "warn" | "bad";
}) {
  const fill = { accent: "bg-accent", warn: "bg-warn-fill", bad: "bg-bad-fill" }[tone];
  const percent = Math.max(0, Math.min(100, share * 100));
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
      className="h-1.5 w-full overflow-hidden rounded-full bg-sunken"
    >
      <div className={cx("h-full rounded-full", fill)} style={{ width: `${percent}%` }} />
    </div>
  );
}
