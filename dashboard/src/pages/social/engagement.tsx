/** How accounts and posts do over time. */
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useNow, useStyle } from "@/app/style";
import { type Account, ofEnvironment, useAccountFigures } from "@/hooks/accounts";
import { useNetworks } from "@/hooks/networks";
import { MOST_AT_ONCE, type Post, usePostsBetween } from "@/hooks/posts";
import { formatCount, formatShort, formatShortDay, wallTime } from "@/lib/format";
import { Chart, type Series } from "@/ui/chart";
import { Combobox } from "@/ui/combobox";
import { FilterBar } from "@/ui/filter_bar";
import { Panel } from "@/ui/panel";
import { Select } from "@/ui/select";
import { Empty, Result } from "@/ui/states";
import { AccountName, useAccountOptions } from "./account_name";
import { noonOf, plusDays } from "./days";
import { type AccountFigure, byDay, DEEDS, deedsByDay, engagementOf, figureOf } from "./figures";
import { Legend } from "./legend";
import { useSearch } from "./search";

const FIGURES: AccountFigure[] = ["followers", "reach", "views", "engagements"];
const DAYS = [7, 30, 90] as const;
/** Told apart by eye; more accounts than colours are chosen from. */
const COLOURS = ["--accent", "--info", "--warn-fill", "--bad-fill", "--good-fill", "--muted"];
const BEST = 10;

export function Engagement({ accounts }: { accounts: readonly Account[] }) {
  const { t } = useTranslation("social");
  const [{ account, days = 30, figure = "followers" }, set] = useSearch();
  const environment = useEnvironment();
  const { time_zone } = useOrganization();
  const today = wallTime(useNow(), time_zone).slice(0, 10);
  const since = plusDays(today, 1 - days);
  const known = ofEnvironment(accounts, environment);
  const accountOptions = useAccountOptions();
  return (
    <>
      <FilterBar filtered={account !== undefined} onClear={() => set({ account: undefined })}>
        <Select
          compact
          aria-label={t("engagement.period")}
          value={String(days)}
          onChange={(value) => set({ days: DAYS.find((each) => String(each) === value) })}
          options={DAYS.map((each) => ({ value: String(each), label: t("engagement.days", { count: each }) }))}
        />
        <Combobox
          label={t("posts.account")}
          clearable
          value={account ?? null}
          onChange={(value) => set({ account: value ?? undefined })}
          options={accountOptions(known)}
        />
      </FilterBar>
      <div className="flex flex-col gap-5">
        <AccountsOverTime
          accounts={known.filter(({ id }) => account === undefined || id === account)}
          since={since}
          figure={figure}
          onFigure={(value) => set({ figure: value })}
        />
        <PostsOverTime since={since} today={today} account={account} />
      </div>
    </>
  );
}

interface OverTimeProps {
  accounts: readonly Account[];
  since: string;
  figure: AccountFigure;
  onFigure: (figure: AccountFigure) => void;
}

function AccountsOverTime({ accounts, since, figure, onFigure }: OverTimeProps) {
  const { t } = useTranslation("social");
  const style = useStyle();
  const figures = useAccountFigures(since);
  const networks = useNetworks().data;
  const told = new Set(figures.data?.filter((row) => row[figure] !== null).map(({ account_id }) => account_id));
  // Those in use stand first; sorting keeps the others' order.
  const known = accounts
    .filter((each) => told.has(each.id) && (accounts.length === 1 || each.connection.status !== "disconnected"))
    .toSorted((a, b) => Number(b.enabled) - Number(a.enabled));
  const shown = known.slice(0, COLOURS.length);
  const left = known.length - shown.length;
  const series: Series[] = shown.map(({ id, name, connection: { provider_key } }, index) => ({
    key: id,
    label: `${name} · ${networks?.get(provider_key)?.name ?? provider_key}`,
    colour: COLOURS[index] ?? "",
  }));
  return (
    <Panel
      title={t("engagement.accounts")}
      aside={
        <Select
          compact
          aria-label={t("engagement.figure")}
          value={figure}
          onChange={onFigure}
          options={FIGURES.map((value) => ({ value, label: t(`figures.${value}`) }))}
        />
      }
    >
      <Result query={figures} lines={6}>
        {(rows) => {
          const drawn = byDay(
            rows,
            figure,
            shown.map(({ id }) => id),
          );
          if (!drawn.some((row) => shown.some(({ id }) => row[id] != null))) {
            return <Empty title={t("engagement.no_figures")}>{t("engagement.no_figures_text")}</Empty>;
          }
          return (
            <div className="p-4">
              <Chart
                kind="lines"
                label={`${t("engagement.accounts")}: ${t(`figures.${figure}`)}`}
                rows={drawn}
                series={series}
                format={(value) => formatShort(value, style)}
                formatAt={(at) => formatShortDay(noonOf(at), { ...style, timeZone: "UTC" })}
              />
              <Legend series={series} />
              {left > 0 && <p className="mt-2 text-[13px] text-muted">{t("engagement.left_out", { count: left })}</p>}
            </div>
          );
        }}
      </Result>
    </Panel>
  );
}

const DEED_COLOURS = {
  reactions: "--accent",
  comments: "--info",
  shares: "--warn-fill",
  clicks: "--good-fill",
  saves: "--muted",
} as const;

interface PostsProps {
  since: string;
  today: string;
  account: string | undefined;
}

function PostsOverTime({ since, today, account }: PostsProps) {
  const { t } = useTranslation("social");
  const style = useStyle();
  const query = usePostsBetween(
    noonOf(plusDays(since, -1)).toISOString(),
    noonOf(plusDays(today, 1)).toISOString(),
    useEnvironment(),
  );
  const series: Series[] = DEEDS.map((key) => ({ key, label: t(`figures.${key}`), colour: DEED_COLOURS[key] }));
  const dayOf = (at: string) => wallTime(at, style.timeZone).slice(0, 10);
  return (
    <Result query={query} lines={6}>
      {(all) => {
        const posts = all.filter(
          (post) =>
            post.published_at !== null &&
            dayOf(post.published_at) >= since &&
            (account === undefined || post.account_id === account),
        );
        const measured = posts.filter((post) => engagementOf(post.engagement) !== null);
        if (measured.length === 0) {
          return (
            <Panel title={t("engagement.posts")}>
              <Empty title={t("engagement.no_posts")}>{t("engagement.no_posts_text")}</Empty>
            </Panel>
          );
        }
        return (
          <>
            <Panel title={t("engagement.posts")}>
              <div className="p-4">
                <Chart
                  kind="columns"
                  label={t("engagement.posts")}
                  rows={deedsByDay(measured, daysFrom(since, today), dayOf)}
                  series={series}
                  format={(value) => formatShort(value, style)}
                  formatAt={(at) => formatShortDay(noonOf(at), { ...style, timeZone: "UTC" })}
                />
                <Legend series={series} />
                <p className="mt-2 text-[13px] text-muted">{t("engagement.posts_text")}</p>
                {all.length === MOST_AT_ONCE && (
                  <p className="mt-2 text-warn">{t("calendar.crowded", { most: MOST_AT_ONCE })}</p>
                )}
              </div>
            </Panel>
            <Best posts={measured} />
          </>
        );
      }}
    </Result>
  );
}

function daysFrom(first: string, last: string): string[] {
  const days: string[] = [];
  for (let day = first; day <= last; day = plusDays(day, 1)) days.push(day);
  return days;
}

function Best({ posts }: { posts: readonly Post[] }) {
  const { t } = useTranslation("social");
  const best = posts
    .toSorted((a, b) => (engagementOf(b.engagement) ?? 0) - (engagementOf(a.engagement) ?? 0))
    .slice(0, BEST);
  return (
    <Panel title={t("engagement.best")}>
      <ol className="divide-y divide-line">
        {best.map((post) => (
          <BestLine key={post.id} post={post} />
        ))}
      </ol>
    </Panel>
  );
}

function BestLine({ post }: { post: Post }) {
  const { t } = useTranslation("social");
  const style = useStyle();
  const [, set] = useSearch();
  const views = figureOf(post.engagement, "views") ?? figureOf(post.engagement, "reach");
  return (
    <li>
      <button
        type="button"
        onClick={() => set({ post: post.id })}
        className="grid w-full grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 px-4 py-2 text-start hover:bg-sunken"
      >
        <span className="truncate" dir="auto">
          {post.text}
        </span>
        <span className="tabular font-medium">{formatCount(engagementOf(post.engagement) ?? 0, style)}</span>
        <span className="flex text-[13px]">
          <AccountName account={post.account} />
        </span>
        <span className="tabular text-end text-[13px] text-muted">
          {views !== null && t("engagement.seen", { count: views, shown: formatCount(views, style) })}
        </span>
      </button>
    </li>
  );
}
