/** What happened to a post, the first first: what its row says, and what workers were asked to do about it. */
import { useTranslation } from "react-i18next";
import { type Post, usePostOperations } from "@/hooks/posts";
import { Status } from "@/ui/badge";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";

type Operation = NonNullable<ReturnType<typeof usePostOperations>["data"]>[number];
type Step =
  | { at: string; what: "made" | "found" | "planned" | "published" | "edited" | "deleted" | "cancelled" }
  | { at: string; what: "operation"; operation: Operation };

/** The steps in their order. */
export function stepsOf(post: Post, operations: readonly Operation[]): Step[] {
  const steps: Step[] = [{ at: post.created_at, what: post.origin === "network" ? "found" : "made" }];
  const add = (at: string | null, what: "planned" | "published" | "edited" | "deleted" | "cancelled") => {
    if (at !== null) steps.push({ at, what });
  };
  steps.push(...operations.map((operation) => ({ at: operation.created_at, what: "operation" as const, operation })));
  add(post.scheduled_at, "planned");
  add(post.published_at, "published");
  add(post.edited_at, "edited");
  add(post.deleted_at, "deleted");
  if (post.status === "cancelled") add(post.updated_at, "cancelled");
  return steps.toSorted((a, b) => new Date(a.at).getTime() - new Date(b.at).getTime());
}

export function PostHistory({ post }: { post: Post }) {
  const { t } = useTranslation("social");
  const operations = usePostOperations(post.id);
  return (
    <Result query={operations}>
      {(list) => (
        <ol className="flex flex-col gap-3 border-s border-line ps-4">
          {stepsOf(post, list).map((step, index) => (
            <li key={index} className="relative">
              <span aria-hidden className="absolute -start-[1.32rem] top-1.5 size-2.5 rounded-full bg-line-strong" />
              <div className="flex flex-wrap items-center justify-between gap-x-3">
                {step.what === "operation" ? (
                  <OperationLine operation={step.operation} />
                ) : (
                  <span>{t(`history.${step.what}`)}</span>
                )}
                <span className="text-[13px] text-muted">
                  <Time at={step.at} absolute />
                </span>
              </div>
              {step.what === "operation" && <ErrorLine operation={step.operation} />}
            </li>
          ))}
        </ol>
      )}
    </Result>
  );
}

const KINDS = ["post.publish", "post.edit", "post.delete"] as const;

function OperationLine({ operation: { kind, status, attempts } }: { operation: Operation }) {
  const { t } = useTranslation("social");
  const known = KINDS.find((each) => each === kind);
  return (
    <span className="flex flex-wrap items-center gap-2">
      {known ? t(`operation.${known.slice(5) as "publish" | "edit" | "delete"}`) : <code dir="ltr">{kind}</code>}
      <Status state={status} />
      {attempts > 1 && <span className="text-[13px] text-muted">{t("operation.attempts", { count: attempts })}</span>}
    </span>
  );
}

function ErrorLine({ operation: { error } }: { operation: Operation }) {
  const message = (error as { message?: string } | null)?.message;
  if (message === undefined) return null;
  return (
    <p className="text-[13px] text-bad" lang="en" dir="auto">
      {message}
    </p>
  );
}
