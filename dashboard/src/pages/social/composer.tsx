/** Where posts are written: for several accounts at once, each with its own variant where it needs one. */
import { useState } from "react";
import { ArrowLeft } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { type Account, canPost, ofEnvironment, useAccounts } from "@/hooks/accounts";
import { type Network, useNetworks } from "@/hooks/networks";
import { type Post, usePost } from "@/hooks/posts";
import { wallTime } from "@/lib/format";
import { Button } from "@/ui/button";
import { PageHeader } from "@/ui/page_header";
import { Loading, Result, Trouble } from "@/ui/states";
import { AccountChoice } from "./account_choice";
import { ComposerFooter } from "./composer_footer";
import { ContentFields } from "./content_fields";
import { contentOfPost, type Draft } from "./draft";
import { NO_CONTENT } from "./limits";
import { Previews } from "./previews";
import { ScopeTabs } from "./scope_tabs";
import { CLOSED, useSearch } from "./search";
import { suggestedTime } from "./time_field";
import { useComposer } from "./use_composer";

/** Finds what it begins with: nothing, a post to copy, or one to change. */
export function Composer() {
  const { t } = useTranslation(["social", "common"]);
  const [{ compose, copy }, set] = useSearch();
  const accounts = useAccounts();
  const networks = useNetworks();
  const changes = compose !== undefined && compose !== "new";
  return (
    <>
      <PageHeader
        title={t(changes ? "compose.change" : "compose.new")}
        actions={
          <Button onClick={() => set(CLOSED)}>
            <ArrowLeft className="size-4 rtl:-scale-x-100" aria-hidden />
            {t("common:actions.back")}
          </Button>
        }
      />
      <Result query={accounts} lines={8}>
        {(all) => (
          <Result query={networks} lines={8}>
            {(known) => {
              if (changes) return <FromPost postId={compose} accounts={all} networks={known} changed />;
              if (copy !== undefined) return <FromPost postId={copy} accounts={all} networks={known} />;
              return <Form accounts={all} networks={known} post={null} copied={null} />;
            }}
          </Result>
        )}
      </Result>
    </>
  );
}

interface FromPostProps {
  postId: string;
  accounts: readonly Account[];
  networks: ReadonlyMap<string, Network>;
  /** The post itself is changed; else a new one is made of it. */
  changed?: boolean;
}

function FromPost({ postId, accounts, networks, changed = false }: FromPostProps) {
  const { t } = useTranslation("social");
  const query = usePost(postId);
  // What it was when the writing began: news must not be written over what somebody types.
  const [post, setPost] = useState<Post | null>(null);
  if (post === null && query.data) setPost(query.data);
  if (post === null) {
    return query.isPending ? (
      <Loading lines={8} />
    ) : (
      <Trouble error={query.error} onRetry={() => void query.refetch()} />
    );
  }
  if (changed && post.status !== "draft" && post.status !== "scheduled") {
    return <p className="text-muted">{t("compose.not_changeable")}</p>;
  }
  return <Form accounts={accounts} networks={networks} post={changed ? post : null} copied={changed ? null : post} />;
}

interface FormProps {
  accounts: readonly Account[];
  networks: ReadonlyMap<string, Network>;
  /** The one that is changed. */
  post: Post | null;
  /** The one that a new one begins as. */
  copied: Post | null;
}

function Form({ accounts, networks, post, copied }: FormProps) {
  const [{ at }] = useSearch();
  const { time_zone } = useOrganization();
  const environment = useEnvironment();
  const source = post ?? copied;
  const usable = post
    ? accounts.filter(({ id }) => id === post.account_id)
    : ofEnvironment(accounts, environment).filter(({ connection }) => connection.status !== "disconnected");
  const composer = useComposer({
    post,
    accounts: usable,
    networks,
    begin: (): Draft => ({
      accounts: chosenFirst(usable, source),
      common: source ? contentOfPost(source) : NO_CONTENT,
      variants: {},
      when: post?.scheduled_at != null || at !== undefined ? "later" : "now",
      at: post?.scheduled_at != null ? wallTime(post.scheduled_at, time_zone) : (at ?? suggestedTime(time_zone)),
    }),
  });
  return (
    <form
      noValidate
      className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_24rem]"
      onSubmit={(event) => {
        event.preventDefault();
        void composer.send(false);
      }}
    >
      <div className="flex min-w-0 flex-col gap-5">
        <AccountChoice composer={composer} accounts={usable} fixed={post !== null} />
        <div className="rounded-box border border-line bg-surface">
          {post === null && <ScopeTabs composer={composer} />}
          <ContentFields composer={composer} />
        </div>
        <ComposerFooter composer={composer} />
      </div>
      <Previews composer={composer} />
    </form>
  );
}

/** The account of the post; of a new one the only account there is, if there is but one. */
function chosenFirst(accounts: readonly Account[], source: Post | null): string[] {
  const fit = accounts.filter(canPost);
  if (source) return accounts.some(({ id }) => id === source.account_id) ? [source.account_id] : [];
  return fit.length === 1 ? fit.map(({ id }) => id) : [];
}
