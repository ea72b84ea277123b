/** The list of posts, with its filters. */
import { useMemo, useState } from "react";
import { PenLine } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useStyle } from "@/app/style";
import { type Account, ofEnvironment } from "@/hooks/accounts";
import { useNetworks } from "@/hooks/networks";
import { momentOf, type Post, POST_STATES, usePosts } from "@/hooks/posts";
import { formatCount } from "@/lib/format";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Combobox } from "@/ui/combobox";
import { Input } from "@/ui/field";
import { FilterBar } from "@/ui/filter_bar";
import { Select } from "@/ui/select";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { AccountName, useAccountOptions } from "./account_name";
import { engagementOf } from "./figures";
import { useSearch } from "./search";

const ANY = "any";

export function Posts({ accounts }: { accounts: readonly Account[] }) {
  const { t } = useTranslation(["social", "common"]);
  const [search, set] = useSearch();
  const { status, account, connection, network, q } = search;
  const environment = useEnvironment();
  const mayWrite = useMay("developer");
  const posts = usePosts({ environment, status, account, connection, network, text: q });
  const filtered = [POST_STATES.find((each) => each === status), account, connection, network, q].some(
    (filter) => filter !== undefined,
  );
  const clear = () =>
    set({ status: undefined, account: undefined, connection: undefined, network: undefined, q: undefined });
  const columns = useColumns();
  return (
    <>
      <Filters accounts={ofEnvironment(accounts, environment)} filtered={filtered} onClear={clear} />
      <Result
        query={posts}
        isEmpty={({ pages }) => pages[0]?.length === 0}
        empty={
          filtered ? (
            <NoMatch onClear={clear} />
          ) : (
            <Empty
              title={t("posts.empty")}
              action={mayWrite && <Button onClick={() => set({ compose: "new" })}>{t("compose.new")}</Button>}
            >
              {t("posts.empty_text")}
            </Empty>
          )
        }
      >
        {({ pages }) => (
          <DataTable
            label={t("tabs.posts")}
            columns={columns}
            rows={pages.flat()}
            rowId={(post) => post.id}
            openId={search.post ?? null}
            onOpen={(post) => set({ post: post.id })}
            hasMore={posts.hasNextPage}
            loadingMore={posts.isFetchingNextPage}
            onMore={() => void posts.fetchNextPage()}
          />
        )}
      </Result>
    </>
  );
}

interface FiltersProps {
  accounts: readonly Account[];
  filtered: boolean;
  onClear: () => void;
}

function Filters({ accounts, filtered, onClear }: FiltersProps) {
  const { t } = useTranslation(["social", "common"]);
  const [{ status, account, network, q }, set] = useSearch();
  const networks = useNetworks();
  const accountOptions = useAccountOptions();
  const states = t("common:status", { returnObjects: true }) as Record<string, string>;
  return (
    <FilterBar filtered={filtered} onClear={onClear}>
      <Search key={q ?? ""} text={q} onSearch={(text) => set({ q: text })} />
      <Select
        compact
        aria-label={t("posts.status")}
        value={POST_STATES.find((each) => each === status) ?? ANY}
        onChange={(value) => set({ status: value === ANY ? undefined : value })}
        options={[
          { value: ANY, label: t("posts.any_status") },
          ...POST_STATES.map((value) => ({ value, label: states[value] ?? value })),
        ]}
      />
      <Select
        compact
        aria-label={t("posts.network")}
        value={network ?? ANY}
        onChange={(value) => set({ network: value === ANY ? undefined : value })}
        options={[
          { value: ANY, label: t("posts.any_network") },
          ...[...(networks.data?.values() ?? [])].map(({ key, name }) => ({ value: key, label: name })),
        ]}
      />
      <Combobox
        label={t("posts.account")}
        clearable
        value={account ?? null}
        onChange={(value) => set({ account: value ?? undefined })}
        options={accountOptions(accounts)}
      />
    </FilterBar>
  );
}

/** Asked for when Enter is pressed or the field is left: not at each letter. */
function Search({ text, onSearch }: { text: string | undefined; onSearch: (text: string | undefined) => void }) {
  const { t } = useTranslation("social");
  const [typed, setTyped] = useState(text ?? "");
  const search = () => {
    if (typed.trim() !== (text ?? "")) onSearch(typed.trim() === "" ? undefined : typed.trim());
  };
  return (
    <Input
      type="search"
      className="h-8 w-56 border-line max-sm:w-full"
      aria-label={t("posts.search")}
      placeholder={t("posts.search")}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={search}
      onKeyDown={(event) => {
        if (event.key === "Enter") search();
      }}
    />
  );
}

function useColumns() {
  const { t } = useTranslation("social");
  const style = useStyle();
  return useMemo<Column<Post>[]>(
    () => [
      {
        id: "text",
        header: t("posts.text"),
        cell: (post) => (
          <span className="block max-w-52 min-w-40 truncate md:max-w-md" dir="auto">
            {post.text || <span className="text-muted">{t("posts.no_text", { count: countOfMedia(post) })}</span>}
          </span>
        ),
      },
      {
        id: "account",
        header: t("posts.account"),
        cell: (post) => (
          <span className="flex max-w-80 items-center gap-2">
            <AccountName account={post.account} />
          </span>
        ),
        wideOnly: true,
      },
      { id: "status", header: t("posts.status"), cell: (post) => <Status state={post.status} /> },
      { id: "time", header: t("posts.time"), cell: (post) => <Moment post={post} />, wideOnly: true },
      {
        id: "engagement",
        header: t("posts.engagement"),
        end: true,
        wideOnly: true,
        cell: (post) => {
          const total = engagementOf(post.engagement);
          return total === null ? <span className="text-muted">–</span> : formatCount(total, style);
        },
      },
      {
        id: "environment",
        header: t("posts.environment"),
        wideOnly: true,
        cell: (post) => <EnvironmentBadge environment={post.account.connection.environment} />,
      },
    ],
    [t, style],
  );
}

function Moment({ post }: { post: Post }) {
  const { t } = useTranslation("social");
  const at = momentOf(post);
  if (at !== null) return <Time at={at} />;
  return (
    <span className="inline-flex items-center gap-1 text-muted">
      <PenLine className="size-3.5" aria-hidden />
      {t("posts.made")} <Time at={post.created_at} />
    </span>
  );
}

function countOfMedia({ media }: Post): number {
  return Array.isArray(media) ? media.length : 0;
}
