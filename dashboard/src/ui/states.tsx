/** What a list or panel shows when it shows no rows: loading, empty, trouble, no match, no permission. */
import type { ReactNode } from "react";
import { CircleAlert, Inbox, Lock, SearchX } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/lib/problem";
import { Button } from "./button";

/** Grey lines where text will be. */
export function Loading({ lines = 4 }: { lines?: number }) {
  const { t } = useTranslation();
  return (
    <div role="status" data-loading className="flex flex-col gap-3 p-4">
      <span className="sr-only">{t("states.loading")}</span>
      {Array.from({ length: lines }, (_, line) => (
        <div
          key={line}
          className="h-4 animate-pulse rounded bg-sunken"
          style={{ width: `${95 - ((line * 17) % 40)}%` }}
        />
      ))}
    </div>
  );
}

interface NoteProps {
  icon: LucideIcon;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  alarming?: boolean;
}

function Note({ icon: Icon, title, children, action, alarming = false }: NoteProps) {
  return (
    <div role={alarming ? "alert" : undefined} className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      <Icon className={alarming ? "size-6 text-bad" : "size-6 text-muted"} aria-hidden />
      <p className="font-semibold">{title}</p>
      {children !== undefined && <div className="max-w-prose text-muted">{children}</div>}
      {action !== undefined && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** Nothing is there yet: say what will be, and give the first step. */
export function Empty({ title, children, action, icon = Inbox }: Partial<NoteProps> & { title: ReactNode }) {
  return (
    <Note icon={icon} title={title} action={action}>
      {children}
    </Note>
  );
}

/** Nothing fits the filters. */
export function NoMatch({ onClear }: { onClear: () => void }) {
  const { t } = useTranslation();
  return (
    <Note
      icon={SearchX}
      title={t("states.no_match")}
      action={<Button onClick={onClear}>{t("actions.clear_filters")}</Button>}
    />
  );
}

/** The person may not see or do this: `needs` is the role that may. */
export function NoPermission({ needs }: { needs?: "developer" | "admin" | "owner" }) {
  const { t } = useTranslation();
  return (
    <Note icon={Lock} title={t("states.no_permission")}>
      {needs && t("states.needs_role", { role: t(`role.${needs}`) })}
    </Note>
  );
}

/** Something went wrong: what, and a way to try again. Lack of permission is told as such. */
export function Trouble({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const problem = asProblem(error);
  if (problem.kind === "permission") return <NoPermission />;
  return (
    <Note
      icon={CircleAlert}
      title={t(`problem.${problem.kind}`)}
      alarming
      action={onRetry && <Button onClick={onRetry}>{t("actions.try_again")}</Button>}
    >
      <ProblemText error={problem} />
    </Note>
  );
}

/** The hub's own sentence, which is English, and what to do about it. */
export function ProblemText({ error }: { error: unknown }) {
  const problem = asProblem(error);
  if (problem.kind === "network") return null;
  return (
    <span lang="en" dir="ltr" className="break-words">
      {problem.message} {problem.hint}
    </span>
  );
}

interface QueryLike<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

interface ResultProps<T> {
  query: QueryLike<T>;
  children: (data: T) => ReactNode;
  /** Shown instead when the data is empty. */
  empty?: ReactNode;
  isEmpty?: (data: T) => boolean;
  lines?: number;
}

/** A query's state: loading, trouble, empty, or its data. Data that is there stays while it is read again. */
export function Result<T>({ query, children, empty, isEmpty = nothingIn, lines = 4 }: ResultProps<T>) {
  if (query.data !== undefined) {
    return <>{empty !== undefined && isEmpty(query.data) ? empty : children(query.data)}</>;
  }
  if (query.isPending) return <Loading lines={lines} />;
  return <Trouble error={query.error} onRetry={() => void query.refetch()} />;
}

function nothingIn(data: unknown): boolean {
  return Array.isArray(data) && data.length === 0;
}
