/** One post: what it says, how it went, how it does, what people say, and what can be done about it. */
import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useEnvironment } from "@/app/organization_route";
import { useComments } from "@/hooks/comments";
import { useNetworks } from "@/hooks/networks";
import { type Post, usePost, usePostEngagement } from "@/hooks/posts";
import { useStyle } from "@/app/style";
import { formatCount, formatShort, formatTime } from "@/lib/format";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Chart, type Series } from "@/ui/chart";
import { CopyButton } from "@/ui/copy_button";
import { Drawer } from "@/ui/dialog";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { AccountName } from "./account_name";
import { CommentOnPost } from "./comment_on_post";
import { CommentCard } from "./comment_card";
import { DEEDS, figureOf, SEEN } from "./figures";
import { Legend } from "./legend";
import { contentOfPost } from "./draft";
import { PostActions } from "./post_actions";
import { PostHistory } from "./post_history";
import { PostTrouble } from "./post_trouble";
import { Preview } from "./preview";
import { useSearch } from "./search";

interface Props {
  postId: string;
  onClose: () => void;
}

export function PostDrawer({ postId, onClose }: Props) {
  const { t } = useTranslation("social");
  const post = usePost(postId);
  return (
    <Drawer
      open
      onOpenChange={onClose}
      title={
        <span className="flex flex-wrap items-center gap-2">
          {t("post.title")}
          {post.data && <Status state={post.data.status} />}
          {post.data && <EnvironmentBadge environment={post.data.account.connection.environment} />}
        </span>
      }
    >
      <Result query={post} lines={8}>
        {(row) => <Details post={row} />}
      </Result>
    </Drawer>
  );
}

function Details({ post }: { post: Post }) {
  const { t } = useTranslation("social");
  const network = useNetworks().data?.get(post.account.connection.provider_key);
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <AccountName account={post.account} />
        {post.permalink !== null && (
          <a
            href={post.permalink}
            target="_blank"
            rel="noreferrer"
            className="inline-flex items-center gap-1.5 text-accent-strong underline underline-offset-2"
          >
            {t("post.at_network", { network: network?.name ?? post.account.connection.provider_key })}
            <ExternalLink className="size-3.5" aria-hidden />
          </a>
        )}
      </div>
      <PostTrouble post={post} />
      <PostActions post={post} network={network} />
      <Preview account={post.account} network={network} content={contentOfPost(post)} />
      <Section title={t("post.history")}>
        <PostHistory post={post} />
      </Section>
      {post.status === "published" && <Figures post={post} />}
      {post.status === "published" && <CommentsBelow post={post} />}
      <p className="flex items-center gap-1 text-[13px] text-muted">
        <code dir="ltr" className="truncate">
          {post.id}
        </code>
        <CopyButton text={post.id} />
      </p>
    </div>
  );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section>
      <h3 className="mb-2 font-semibold">{title}</h3>
      {children}
    </section>
  );
}

const LINES = { views: "--info", reactions: "--accent", comments: "--warn-fill" } as const;

function Figures({ post }: { post: Post }) {
  const { t } = useTranslation("social");
  const style = useStyle();
  const history = usePostEngagement(post.id);
  const told = [...SEEN, ...DEEDS].flatMap((name) => {
    const value = figureOf(post.engagement, name);
    return value === null ? [] : [{ name, value }];
  });
  const series: Series[] = (["views", "reactions", "comments"] as const)
    .filter((key) => history.data?.some((row) => row[key] !== null))
    .map((key) => ({ key, label: t(`figures.${key}`), colour: LINES[key] }));
  return (
    <Section title={t("post.figures")}>
      {told.length === 0 ? (
        <p className="text-muted">{t("post.not_measured")}</p>
      ) : (
        <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
          {told.map(({ name, value }) => (
            <div key={name} className="rounded-box border border-line px-3 py-2">
              <dt className="text-[13px] text-muted">{t(`figures.${name}`)}</dt>
              <dd className="tabular text-lg font-semibold">{formatCount(value, style)}</dd>
            </div>
          ))}
        </dl>
      )}
      {post.measured_at !== null && (
        <p className="mt-2 text-[13px] text-muted">
          {t("post.measured")} <Time at={post.measured_at} />
        </p>
      )}
      {history.data && history.data.length > 1 && series.length > 0 && (
        <div className="mt-3">
          <Chart
            kind="lines"
            height={180}
            label={t("post.over_time")}
            rows={history.data.map(({ taken_at, views, reactions, comments }) => ({
              at: taken_at,
              views,
              reactions,
              comments,
            }))}
            series={series}
            format={(value) => formatShort(value, style)}
            formatAt={(at) => formatTime(at, style)}
          />
          <Legend series={series} />
        </div>
      )}
    </Section>
  );
}

function CommentsBelow({ post }: { post: Post }) {
  const { t } = useTranslation("social");
  const [, set] = useSearch();
  const environment = useEnvironment();
  const comments = useComments({ environment, post: post.id });
  return (
    <Section title={t("tabs.comments")}>
      <Result
        query={comments}
        isEmpty={({ pages }) => pages[0]?.length === 0}
        empty={<p className="text-muted">{t("post.no_comments")}</p>}
      >
        {({ pages }) => (
          <>
            <ul className="flex flex-col gap-2">
              {pages[0]?.map((comment) => (
                <li key={comment.id}>
                  <CommentCard comment={comment} />
                </li>
              ))}
            </ul>
            {comments.hasNextPage && (
              <Button className="mt-2" onClick={() => set({ tab: "comments", post: post.id })}>
                {t("comments.more")}
              </Button>
            )}
          </>
        )}
      </Result>
      <CommentOnPost post={post} />
    </Section>
  );
}
