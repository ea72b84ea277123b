/** Whose content is written: everybody's, or one account's own. */
import { CircleAlert, PenLine } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useNetworkName } from "./account_name";
import type { Chosen, Composer } from "./use_composer";

export function ScopeTabs({ composer }: { composer: Composer }) {
  const { t } = useTranslation("social");
  const { chosen, scope, setScope } = composer;
  if (chosen.length < 2) return null;
  return (
    <div role="group" aria-label={t("compose.scope")} className="flex gap-1 overflow-x-auto border-b border-line p-2">
      <ScopeButton pressed={scope === null} onClick={() => setScope(null)}>
        {t("compose.all_accounts")}
      </ScopeButton>
      {chosen.map((each) => (
        <ScopeButton
          key={each.account.id}
          pressed={scope === each.account.id}
          onClick={() => setScope(each.account.id)}
        >
          <AccountLabel chosen={each} own={Object.keys(composer.draft.variants[each.account.id] ?? {}).length > 0} />
        </ScopeButton>
      ))}
    </div>
  );
}

function AccountLabel({ chosen: { account, problems }, own }: { chosen: Chosen; own: boolean }) {
  const { t } = useTranslation("social");
  const network = useNetworkName(account.connection.provider_key);
  return (
    <>
      <bdi>{account.name}</bdi>
      <span className="text-muted">{network}</span>
      {own && <PenLine className="size-3.5" aria-label={t("compose.has_own")} />}
      {problems.some(({ code }) => code !== "empty_post") && (
        <CircleAlert className="size-3.5 text-bad" aria-label={t("compose.has_problems")} />
      )}
    </>
  );
}

interface ButtonProps {
  pressed: boolean;
  onClick: () => void;
  children: React.ReactNode;
}

function ScopeButton({ pressed, onClick, children }: ButtonProps) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onClick}
      className="inline-flex items-center gap-1.5 rounded px-2.5 py-1.5 whitespace-nowrap hover:bg-sunken aria-pressed:bg-accent-soft aria-pressed:font-medium"
    >
      {children}
    </button>
  );
}
