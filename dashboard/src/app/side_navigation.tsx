/** The pages at the start side; on narrow screens in a drawer. */
import { lazy, Suspense } from "react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Logo } from "./logo";
import { PAGES } from "./navigation";
import { useOrganization } from "./organization";
import { OrganizationSwitcher } from "./organization_switcher";

const SideDrawer = lazy(() => import("./side_drawer").then((module) => ({ default: module.SideDrawer })));

interface Props {
  /** Whether the drawer is open. */
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function SideNavigation({ open, onOpenChange }: Props) {
  return (
    <>
      <div className="hidden w-56 shrink-0 border-e border-line bg-surface lg:block">
        <div className="sticky top-0 flex max-h-dvh flex-col gap-4 overflow-y-auto p-3">
          <div className="flex h-8 items-center px-1">
            <Logo />
          </div>
          <OrganizationSwitcher />
          <Pages />
        </div>
      </div>
      {open && (
        <Suspense>
          <SideDrawer onClose={() => onOpenChange(false)}>
            <OrganizationSwitcher />
            <Pages />
          </SideDrawer>
        </Suspense>
      )}
    </>
  );
}

function Pages() {
  const { t } = useTranslation();
  const { slug } = useOrganization();
  return (
    <nav aria-label={t("shell.pages")}>
      <ul className="flex flex-col gap-0.5">
        {PAGES.map(({ key, to, icon: Icon }) => (
          <li key={key}>
            <Link
              to={to}
              params={{ slug }}
              search={{}}
              activeOptions={{ exact: key === "overview", includeSearch: false }}
              className="flex items-center gap-2.5 rounded-box px-2.5 py-1.5 text-muted hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent-strong"
            >
              <Icon className="size-4" aria-hidden />
              {t(`pages.${key}`)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
