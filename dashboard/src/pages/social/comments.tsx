/** What people say below posts, and the answers. */
import { useTranslation } from "react-i18next";
import { useEnvironment } from "@/app/organization_route";
import type { Account } from "@/hooks/accounts";
import { ofEnvironment } from "@/hooks/accounts";
import { COMMENT_STATES, useComments } from "@/hooks/comments";
import { Button } from "@/ui/button";
import { Combobox } from "@/ui/combobox";
import { FilterBar } from "@/ui/filter_bar";
import { Select } from "@/ui/select";
import { Empty, NoMatch, Result } from "@/ui/states";
import { useAccountOptions } from "./account_name";
import { CommentCard } from "./comment_card";
import { useSearch } from "./search";

const ANY = "any";

export function Comments({ accounts }: { accounts: readonly Account[] }) {
  const { t } = useTranslation(["social", "common"]);
  const [{ status, account, connection, from, post }, set] = useSearch();
  const environment = useEnvironment();
  const accountOptions = useAccountOptions();
  const comments = useComments({ environment, status, account, connection, from, post });
  const filtered = [COMMENT_STATES.find((each) => each === status), account, connection, from, post].some(
    (filter) => filter !== undefined,
  );
  const clear = () =>
    set({ status: undefined, account: undefined, connection: undefined, from: undefined, post: undefined });
  return (
    <>
      <FilterBar filtered={filtered} onClear={clear}>
        <Select
          compact
          aria-label={t("comments.from")}
          value={from ?? ANY}
          onChange={(value) => set({ from: value === ANY ? undefined : value })}
          options={[
            { value: ANY, label: t("comments.anybody") },
            { value: "others", label: t("comments.others") },
            { value: "ours", label: t("comments.ours") },
          ]}
        />
        <Select
          compact
          aria-label={t("posts.status")}
          value={COMMENT_STATES.find((each) => each === status) ?? ANY}
          onChange={(value) => set({ status: value === ANY ? undefined : value })}
          options={[
            { value: ANY, label: t("posts.any_status") },
            ...COMMENT_STATES.map((value) => ({ value, label: t(`common:status.${value}`) })),
          ]}
        />
        <Combobox
          label={t("posts.account")}
          clearable
          value={account ?? null}
          onChange={(value) => set({ account: value ?? undefined })}
          options={accountOptions(ofEnvironment(accounts, environment))}
        />
        {post !== undefined && (
          <Button size="small" className="h-8" onClick={() => set({ tab: "posts" })}>
            {t("comments.to_post")}
          </Button>
        )}
      </FilterBar>
      <Result
        query={comments}
        isEmpty={({ pages }) => pages[0]?.length === 0}
        empty={
          filtered ? <NoMatch onClear={clear} /> : <Empty title={t("comments.empty")}>{t("comments.empty_text")}</Empty>
        }
      >
        {({ pages }) => (
          <>
            <ul className="flex flex-col gap-3">
              {pages.flat().map((comment) => (
                <li key={comment.id}>
                  <CommentCard comment={comment} onPost={() => set({ tab: "posts", post: comment.post_id })} />
                </li>
              ))}
            </ul>
            {comments.hasNextPage && (
              <div className="mt-4 flex justify-center">
                <Button busy={comments.isFetchingNextPage} onClick={() => void comments.fetchNextPage()}>
                  {t("comments.more")}
                </Button>
              </div>
            )}
          </>
        )}
      </Result>
    </>
  );
}
