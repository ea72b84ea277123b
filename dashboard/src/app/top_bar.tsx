/** Search, environment, language, theme, and who is signed in. */
import { useNavigate } from "@tanstack/react-router";
import { CircleUser, Menu as Bars, Search } from "lucide-react";
import { ToggleGroup } from "radix-ui";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { lateMenu } from "@/ui/late_menu";
import { LanguageButton } from "./language_button";
import { useEnvironment } from "./organization_route";
import { useReadingDirection } from "./style";

interface Props {
  onSearch: () => void;
  /** Opens the pages, on narrow screens. */
  onNavigate: () => void;
}

export function TopBar({ onSearch, onNavigate }: Props) {
  const { t } = useTranslation();
  return (
    <header className="sticky top-0 z-30 flex h-14 items-center gap-2 border-b border-line bg-surface px-4 sm:px-6">
      <Button look="quiet" size="icon" className="lg:hidden" aria-label={t("shell.pages")} onClick={onNavigate}>
        <Bars className="size-4" aria-hidden />
      </Button>
      <button
        type="button"
        onClick={onSearch}
        aria-keyshortcuts="Control+K"
        className="flex h-8 items-center gap-2 rounded-box border border-line px-2.5 text-muted hover:bg-sunken md:w-72"
      >
        <Search className="size-4" aria-hidden />
        <span className="sr-only grow text-start md:not-sr-only">{t("shell.search")}</span>
        <kbd aria-hidden className="hidden rounded border border-line px-1.5 font-sans text-xs md:inline" dir="ltr">
          Ctrl K
        </kbd>
      </button>
      <div className="ms-auto flex items-center gap-2">
        <EnvironmentSwitch />
        <span className="hidden sm:inline">
          <LanguageButton />
        </span>
        <Account />
      </div>
    </header>
  );
}

/** Both, sandbox or live: it holds on every page, by the address. */
function EnvironmentSwitch() {
  const { t } = useTranslation();
  const environment = useEnvironment();
  const navigate = useNavigate();
  return (
    <ToggleGroup.Root
      type="single"
      dir={useReadingDirection()}
      value={environment ?? "both"}
      aria-label={t("environment.label")}
      onValueChange={(value) => {
        const chosen = value === "sandbox" || value === "live" ? value : undefined;
        if (value) void navigate({ to: ".", search: (before) => ({ ...before, environment: chosen }) });
      }}
      className="flex rounded-box border border-line p-0.5"
    >
      {(["both", "sandbox", "live"] as const).map((value) => (
        <ToggleGroup.Item
          key={value}
          value={value}
          className="h-7 rounded-md px-2.5 text-[13px] text-muted hover:text-ink data-[state=on]:bg-accent-soft data-[state=on]:font-medium data-[state=on]:text-accent-strong"
        >
          {t(`environment.${value}`)}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}

const UserMenu = lateMenu(() => import("./user_menu").then((module) => module.UserMenu));

function Account() {
  const { t } = useTranslation();
  return (
    <UserMenu
      button={(props) => (
        <Button look="quiet" size="icon" aria-label={t("shell.account")} {...props}>
          <CircleUser className="size-5" aria-hidden />
        </Button>
      )}
    />
  );
}
