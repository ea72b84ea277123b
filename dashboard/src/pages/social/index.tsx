/** Social: what is published on the organization's accounts, when, how it does, and what people say to it. */
import { lazy, Suspense, useMemo } from "react";
import { PenLine } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useActions } from "@/app/actions";
import { useMay } from "@/app/organization";
import { useAccounts } from "@/hooks/accounts";
import { Button } from "@/ui/button";
import { PageHeader } from "@/ui/page_header";
import { Loading, NoPermission, Result } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { Accounts } from "./accounts";
import { Calendar } from "./calendar";
import { Comments } from "./comments";
import { Posts } from "./posts";
import { useSearch } from "./search";

const Composer = lazy(() => import("./composer").then((module) => ({ default: module.Composer })));
const PostDrawer = lazy(() => import("./post_drawer").then((module) => ({ default: module.PostDrawer })));
const Engagement = lazy(() => import("./engagement").then((module) => ({ default: module.Engagement })));

export function Page() {
  const { t } = useTranslation("social");
  const [search, set] = useSearch();
  const mayWrite = useMay("developer");
  const accounts = useAccounts();
  useActions(
    useMemo(
      () =>
        mayWrite ? [{ id: "compose", label: t("compose.new"), icon: PenLine, run: () => set({ compose: "new" }) }] : [],
      [mayWrite, set, t],
    ),
  );
  if (search.compose !== undefined) {
    if (!mayWrite) return <NoPermission needs="developer" />;
    return (
      <Suspense fallback={<Loading lines={10} />}>
        <Composer key={`${search.compose} ${search.copy ?? ""}`} />
      </Suspense>
    );
  }
  const connected = accounts.data?.some(({ connection }) => connection.status !== "disconnected") === true;
  return (
    <>
      <PageHeader
        title={t("title")}
        description={t("description")}
        actions={
          mayWrite &&
          connected && (
            <Button look="primary" onClick={() => set({ compose: "new" })}>
              <PenLine className="size-4" aria-hidden />
              {t("compose.new")}
            </Button>
          )
        }
      />
      <Result query={accounts} lines={10}>
        {(all) => (
          <Tabs
            label={t("title")}
            value={search.tab ?? (all.length === 0 ? "accounts" : "calendar")}
            onChange={(tab) => set({ tab, status: undefined, post: undefined })}
            tabs={[
              { value: "calendar", label: t("tabs.calendar"), content: <Calendar /> },
              { value: "posts", label: t("tabs.posts"), content: <Posts accounts={all} /> },
              { value: "comments", label: t("tabs.comments"), content: <Comments accounts={all} /> },
              {
                value: "engagement",
                label: t("tabs.engagement"),
                content: (
                  <Suspense fallback={<Loading lines={8} />}>
                    <Engagement accounts={all} />
                  </Suspense>
                ),
              },
              { value: "accounts", label: t("tabs.accounts"), content: <Accounts accounts={all} /> },
            ]}
          />
        )}
      </Result>
      {search.post !== undefined && search.tab !== "comments" && (
        <Suspense>
          <PostDrawer postId={search.post} onClose={() => set({ post: undefined })} />
        </Suspense>
      )}
    </>
  );
}
