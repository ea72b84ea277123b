/** What is wrong with a post: why it failed, what its network will refuse, or that nobody knows whether it is there. */
import { useState } from "react";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useResolvePost } from "@/hooks/post_changes";
import { type Post, usePostOperations } from "@/hooks/posts";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { tellDone, tellProblem } from "@/ui/toast";

export function PostTrouble({ post }: { post: Post }) {
  const { t } = useTranslation("social");
  const failure = post.failure as { code?: string; message?: string } | null;
  const problems = post.problems as { field: string; code: string; message: string }[];
  return (
    <>
      {failure?.message !== undefined && (
        <div role="alert" className="flex gap-2 rounded-box bg-bad-soft px-3 py-2 text-bad">
          <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
          <div>
            <p className="font-medium">{t("post.failed")}</p>
            <p lang="en" dir="auto" className="break-words">
              {failure.message}
            </p>
          </div>
        </div>
      )}
      {problems.length > 0 && (
        <div className="flex gap-2 rounded-box bg-warn-soft px-3 py-2 text-warn">
          <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
          <div>
            <p className="font-medium">{t("post.problems")}</p>
            <ul lang="en" dir="auto">
              {problems.map(({ field, code, message }) => (
                <li key={`${field} ${code}`}>{message}</li>
              ))}
            </ul>
          </div>
        </div>
      )}
      <Unresolved post={post} />
    </>
  );
}

/** The network was asked and never answered: somebody has to look there. */
function Unresolved({ post }: { post: Post }) {
  const { t } = useTranslation("social");
  const operations = usePostOperations(post.id);
  const resolve = useResolvePost();
  const mayResolve = useMay("admin");
  const [providerPostId, setProviderPostId] = useState("");
  const last = operations.data?.findLast(({ kind }) => kind === "post.publish");
  const code = (last?.error as { code?: string } | null)?.code;
  const isOpen = post.status === "publishing" || post.status === "scheduled";
  if (!isOpen || code !== "outcome_unknown" || (last?.status !== "dead" && last?.status !== "failed")) return null;
  const settle = (providerId?: string) =>
    resolve.mutate(
      { post_id: post.id, ...(providerId !== undefined && { provider_post_id: providerId }) },
      { onSuccess: () => tellDone(t("post.resolved")), onError: tellProblem },
    );
  const wrong =
    resolve.error && asProblem(resolve.error).field === "provider_post_id" ? resolve.error.message : undefined;
  return (
    <div className="rounded-box border border-line p-3">
      <p className="font-medium">{t("post.unresolved")}</p>
      <p className="mt-1 text-muted">{t(mayResolve ? "post.unresolved_text" : "post.unresolved_admin")}</p>
      {mayResolve && (
        <form
          className="mt-3 flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            settle(providerPostId.trim());
          }}
        >
          <Field label={t("post.provider_post_id")} error={wrong}>
            {(control) => (
              <Input
                {...control}
                dir="ltr"
                value={providerPostId}
                onChange={(event) => setProviderPostId(event.target.value)}
              />
            )}
          </Field>
          <div className="flex flex-wrap gap-2">
            <Button type="submit" busy={resolve.isPending} disabled={providerPostId.trim() === ""}>
              {t("post.is_there")}
            </Button>
            <Button busy={resolve.isPending} onClick={() => settle()}>
              {t("post.is_not_there")}
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}
