/** Where a post goes. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { type Account, canPost } from "@/hooks/accounts";
import { cx } from "@/lib/cx";
import { EnvironmentBadge } from "@/ui/badge";
import { AccountName } from "./account_name";
import { type Composer, refusalOf } from "./use_composer";

interface Props {
  composer: Composer;
  accounts: readonly Account[];
  /** A post stays on its account. */
  fixed: boolean;
}

export function AccountChoice({ composer, accounts, fixed }: Props) {
  const { t } = useTranslation("social");
  const { slug } = useOrganization();
  const { draft, change, tried } = composer;
  const toggle = (id: string) =>
    change({
      ...draft,
      accounts: draft.accounts.includes(id) ? draft.accounts.filter((each) => each !== id) : [...draft.accounts, id],
    });
  const missing = tried && draft.accounts.length === 0 ? t("problems.no_account") : undefined;
  const refused = refusalOf(composer, "account_ids") ?? refusalOf(composer, "post_id");
  // Those that a post can go to stand first.
  const known = accounts.filter(({ removed_at }) => fixed || removed_at === null);
  const shown = [...known.filter(canPost), ...known.filter((account) => !canPost(account))];
  return (
    <fieldset aria-describedby={missing || refused ? "accounts-error" : undefined}>
      <legend className="mb-1.5 font-medium">{t("compose.accounts")}</legend>
      {shown.length === 0 && (
        <p className="text-muted">
          {t("compose.no_accounts")}{" "}
          <Link
            to="/o/$slug/social"
            params={{ slug }}
            search={{ tab: "accounts" }}
            className="text-accent-strong underline"
          >
            {t("tabs.accounts")}
          </Link>
        </p>
      )}
      <ul className="grid max-h-72 gap-2 overflow-y-auto sm:grid-cols-2">
        {shown.map((account) => {
          const fit = canPost(account);
          return (
            <li key={account.id}>
              <label
                className={cx(
                  "flex items-center gap-2 rounded-box border px-3 py-2",
                  draft.accounts.includes(account.id) ? "border-accent bg-accent-soft" : "border-line bg-surface",
                )}
              >
                <input
                  type="checkbox"
                  className="size-4 shrink-0 accent-(--accent)"
                  checked={draft.accounts.includes(account.id)}
                  disabled={fixed || (!fit && !draft.accounts.includes(account.id))}
                  onChange={() => toggle(account.id)}
                />
                <span className="min-w-0 grow">
                  <span className="flex">
                    <AccountName account={account} />
                  </span>
                  <span className="block truncate text-xs text-muted">
                    {fit ? <bdi>{account.connection.name}</bdi> : t(`compose.${whyNot(account)}`)}
                  </span>
                </span>
                <EnvironmentBadge environment={account.connection.environment} />
              </label>
            </li>
          );
        })}
      </ul>
      {(missing || refused) && (
        <p id="accounts-error" role="alert" className="mt-1.5 text-[13px] text-bad">
          {missing ?? refused}
        </p>
      )}
    </fieldset>
  );
}

function whyNot({
  removed_at,
  enabled,
  can_publish,
}: Account): "removed" | "not_enabled" | "may_not_publish" | "not_active" {
  if (removed_at !== null) return "removed";
  if (!enabled) return "not_enabled";
  return can_publish ? "not_active" : "may_not_publish";
}
