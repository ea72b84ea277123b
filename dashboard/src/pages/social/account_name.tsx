/** An account as people know it: its picture, its name, its network. */
import { useTranslation } from "react-i18next";
import type { Account } from "@/hooks/accounts";
import { useNetworks } from "@/hooks/networks";
import { cx } from "@/lib/cx";
import type { Option } from "@/ui/select";

interface Props {
  account: { name: string; picture_url: string | null; connection: { provider_key: string } };
  /** Without the network's name. */
  short?: boolean;
}

export function AccountName({ account, short = false }: Props) {
  const network = useNetworkName(account.connection.provider_key);
  return (
    <span className="inline-flex min-w-0 items-center gap-2">
      <Picture name={account.name} url={account.picture_url} />
      <span className="min-w-0 truncate">
        <bdi>{account.name}</bdi>
        {!short && <span className="text-muted"> · {network}</span>}
      </span>
    </span>
  );
}

/** A network's name by its key. */
export function useNetworkName(key: string): string {
  return useNetworks().data?.get(key)?.name ?? key;
}

/** Accounts to choose from, each with its network; those whose connection is cut stand last, and it is said. */
export function useAccountOptions(): (accounts: readonly Account[]) => Option[] {
  const { t } = useTranslation("social");
  const networks = useNetworks().data;
  return (accounts) =>
    accounts
      .toSorted((a, b) => Number(isCut(a)) - Number(isCut(b)))
      .map((account) => {
        const key = account.connection.provider_key;
        const cut = isCut(account) ? ` (${t("accounts.cut")})` : "";
        return { value: account.id, label: `${account.name} · ${networks?.get(key)?.name ?? key}${cut}` };
      });
}

function isCut({ connection }: Account): boolean {
  return connection.status === "disconnected";
}

/** The first letter stands below the picture, for as long as there is none. */
export function Picture({ name, url, large = false }: { name: string; url: string | null; large?: boolean }) {
  return (
    <span
      aria-hidden
      className={cx(
        "relative flex shrink-0 items-center justify-center overflow-hidden rounded-full bg-accent-soft font-semibold text-accent-strong",
        large ? "size-9" : "size-6 text-xs",
      )}
    >
      {Array.from(name)[0]}
      {url !== null && (
        <img
          src={url}
          alt=""
          loading="lazy"
          referrerPolicy="no-referrer"
          className="absolute inset-0 size-full object-cover"
          onError={(event) => (event.currentTarget.hidden = true)}
        />
      )}
    </span>
  );
}
