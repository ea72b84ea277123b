/** What stands around every page of an organization: side navigation, top bar, palette. */
import { lazy, Suspense, useEffect, useState } from "react";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useChanges } from "@/hooks/changes";
import { useOrganizations } from "@/hooks/organizations";
import { rememberOrganization } from "@/lib/preferences";
import { Loading, Result } from "@/ui/states";
import { ErrorBoundary } from "./error_boundary";
import { OrganizationContext } from "./organization";
import { organizationRoute } from "./organization_route";
import { NotFound } from "./page_states";
import { useUser } from "./session";
import { SideNavigation } from "./side_navigation";
import { TimeZone } from "./style";
import { TopBar } from "./top_bar";

const Palette = lazy(() => import("./palette").then((module) => ({ default: module.Palette })));

export function OrganizationShell() {
  const { slug } = organizationRoute.useParams();
  const organizations = useOrganizations();
  const user = useUser();
  const organization = organizations.data?.find((each) => each.slug === slug);
  useEffect(() => {
    if (organization) rememberOrganization(user.id, organization.slug);
  }, [organization, user.id]);
  return (
    <Result query={organizations}>
      {() =>
        organization ? (
          <OrganizationContext.Provider value={organization}>
            <TimeZone.Provider value={organization.time_zone}>
              {/* Nothing of one organization stays when another is opened. */}
              <Frame key={organization.id} />
            </TimeZone.Provider>
          </OrganizationContext.Provider>
        ) : (
          <NotFound />
        )
      }
    </Result>
  );
}

function Frame() {
  const { t } = useTranslation();
  useChanges();
  const [searching, setSearching] = useState(false);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  // The page on which the pages' drawer was opened: whoever goes on to another closes it.
  const [navigatingAt, setNavigatingAt] = useState<string | null>(null);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setSearching((open) => !open);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  return (
    <div className="flex min-h-dvh">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:start-2 focus:top-2 focus:z-50 focus:rounded-box focus:bg-raised focus:px-3 focus:py-2"
      >
        {t("shell.skip")}
      </a>
      <SideNavigation
        open={navigatingAt === pathname}
        onOpenChange={(open) => setNavigatingAt(open ? pathname : null)}
      />
      <div className="flex min-w-0 grow flex-col">
        <TopBar onSearch={() => setSearching(true)} onNavigate={() => setNavigatingAt(pathname)} />
        <main id="main" tabIndex={-1} className="mx-auto w-full max-w-7xl grow px-4 py-6 outline-none sm:px-6">
          <ErrorBoundary key={pathname}>
            <Suspense fallback={<Loading />}>
              <Outlet />
            </Suspense>
          </ErrorBoundary>
        </main>
      </div>
      {searching && (
        <Suspense>
          <Palette onClose={() => setSearching(false)} />
        </Suspense>
      )}
    </div>
  );
}
