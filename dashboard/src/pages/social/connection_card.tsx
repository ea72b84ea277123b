/** One login at a network: its consent, and its accounts. */
import { Link } from "@tanstack/react-router";
import { RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useNow, useStyle } from "@/app/style";
import {
  type Account,
  type Consent,
  consentOf,
  type Grant,
  useChooseAccounts,
  useRefreshAccounts,
} from "@/hooks/accounts";
import { type Connection, useStartConsent } from "@/hooks/connections";
import type { Network } from "@/hooks/networks";
import { formatDay, formatShort } from "@/lib/format";
import { Badge, EnvironmentBadge, Status, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Time } from "@/ui/time";
import { tellDone, tellProblem } from "@/ui/toast";
import { Picture } from "./account_name";

interface Props {
  connection: Connection;
  network: Network | undefined;
  accounts: readonly Account[];
  grant: Grant | undefined;
}

export function ConnectionCard({ connection, network, accounts, grant }: Props) {
  const { t } = useTranslation("social");
  const { slug } = useOrganization();
  const mayChange = useMay("developer");
  const refresh = useRefreshAccounts();
  const consent = useStartConsent();
  const consentAnew = async () => {
    const address = await consent.mutateAsync({ connection_id: connection.id, return_url: window.location.href });
    window.location.assign(address);
  };
  return (
    <Panel
      title={
        <span className="flex flex-wrap items-center gap-2">
          <span>{network?.name ?? connection.provider_key}</span>
          <Link
            to="/o/$slug/settings"
            params={{ slug }}
            search={{ tab: "connections", connection: connection.id }}
            className="font-normal text-muted hover:text-accent-strong hover:underline"
          >
            <bdi>{connection.name}</bdi>
          </Link>
          <Status state={connection.status} />
          <EnvironmentBadge environment={connection.environment} />
        </span>
      }
      aside={
        mayChange && (
          <span className="flex flex-wrap justify-end gap-2">
            <Button
              size="small"
              busy={refresh.isPending}
              onClick={() =>
                refresh.mutate(connection.id, {
                  onSuccess: () => tellDone(t("accounts.refreshed")),
                  onError: tellProblem,
                })
              }
            >
              <RefreshCw className="size-3.5" aria-hidden />
              {t("accounts.refresh")}
            </Button>
            <Button size="small" busy={consent.isPending} onClick={() => void consentAnew().catch(tellProblem)}>
              {t("accounts.consent_anew")}
            </Button>
          </span>
        )
      }
    >
      <ConsentLine connection={connection} grant={grant} />
      {accounts.length === 0 ? (
        <p className="px-4 py-6 text-center text-muted">{t("accounts.none")}</p>
      ) : (
        <ul className="divide-y divide-line">
          {accounts.map((account) => (
            <AccountLine key={account.id} account={account} all={accounts} mayChange={mayChange} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

const TONES: Record<Consent, Tone> = { none: "warn", good: "good", renewing: "good", ending: "warn", ended: "bad" };

function ConsentLine({ connection, grant }: { connection: Connection; grant: Grant | undefined }) {
  const { t } = useTranslation("social");
  const style = useStyle();
  const { state, until } = consentOf(grant, useNow());
  const error = (grant?.last_error ?? connection.last_error) as { message?: string } | null;
  return (
    <div className="flex flex-col gap-1 border-b border-line px-4 py-2.5 text-[13px]">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={TONES[state]}>{t(`consent.${state}`)}</Badge>
        <span className="text-muted">
          {grant?.subject_name != null && (
            <>
              {t("consent.by")} <bdi>{grant.subject_name}</bdi>
              {" · "}
            </>
          )}
          {state === "none" && t("consent.text_none")}
          {state !== "none" && until === null && t("consent.text_open")}
          {state !== "none" && until !== null && t(`consent.text_${state}`, { date: formatDay(until, style) })}
        </span>
      </p>
      {(state === "ended" || connection.status === "needs_attention") && error?.message !== undefined && (
        <p className="text-bad" lang="en" dir="auto">
          {error.message}
        </p>
      )}
    </div>
  );
}

interface LineProps {
  account: Account;
  /** Those of the same login: which are chosen is said of all at once. */
  all: readonly Account[];
  mayChange: boolean;
}

function AccountLine({ account, all, mayChange }: LineProps) {
  const { t } = useTranslation("social");
  const style = useStyle();
  const choose = useChooseAccounts();
  const { enabled, removed_at, can_publish, followers } = account;
  const toggle = () => {
    const others = all.filter((each) => each.enabled && each.id !== account.id).map(({ id }) => id);
    choose.mutate(
      { connection_id: account.connection_id, account_ids: enabled ? others : [...others, account.id] },
      { onError: tellProblem },
    );
  };
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5">
      <Picture large name={account.name} url={account.picture_url} />
      <div className="min-w-40 grow">
        <p className="font-medium">
          <bdi>{account.name}</bdi>
          {account.handle !== null && (
            <span className="ms-2 font-normal text-muted">
              <bdi dir="ltr">@{account.handle.replace(/^@/, "")}</bdi>
            </span>
          )}
        </p>
        <p className="text-[13px] text-muted">
          {kindOf(t, account.kind)}
          {account.refreshed_at !== null && (
            <>
              {" · "}
              {t("accounts.looked_up")} <Time at={account.refreshed_at} />
            </>
          )}
        </p>
      </div>
      {removed_at !== null && <Badge tone="bad">{t("accounts.removed")}</Badge>}
      {removed_at === null && !can_publish && <Badge tone="warn">{t("accounts.cannot_publish")}</Badge>}
      <span className="tabular text-[13px] text-muted">
        {followers === null
          ? t("accounts.followers_unknown")
          : t("accounts.followers", { count: followers, shown: formatShort(followers, style) })}
      </span>
      <label className="flex w-36 items-center gap-2">
        <input
          type="checkbox"
          role="switch"
          className="size-4 accent-(--accent)"
          checked={choose.isPending ? !enabled : enabled}
          disabled={!mayChange || removed_at !== null || choose.isPending}
          onChange={toggle}
          aria-label={t("accounts.use", { name: account.name })}
        />
        <span>{enabled ? t("accounts.in_use") : t("accounts.not_in_use")}</span>
      </label>
    </li>
  );
}

function kindOf(t: (key: "kind.page" | "kind.business" | "kind.organization" | "kind.member") => string, kind: string) {
  return kind === "page" || kind === "business" || kind === "organization" || kind === "member"
    ? t(`kind.${kind}`)
    : kind;
}
