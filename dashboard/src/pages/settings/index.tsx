/** Settings: the organization, who is in it, what it keeps secret, how long it keeps what, and who changed what. */
import { type ComponentType, lazy, Suspense, useMemo } from "react";
import { Link } from "@tanstack/react-router";
import {
  Archive,
  Bell,
  Building2,
  CircleUser,
  Gauge,
  Hourglass,
  KeyRound,
  Lock,
  Plug,
  ScrollText,
  ShieldCheck,
  UserPlus,
  Users,
} from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useActions } from "@/app/actions";
import { type Role, useMay, useOrganization } from "@/app/organization";
import { PageHeader } from "@/ui/page_header";
import { Select } from "@/ui/select";
import { Loading, NoPermission } from "@/ui/states";
import { settingsRoute } from "./route";
import { type Tab, TABS } from "./search";

interface Entry {
  icon: LucideIcon;
  /** The role that may see it at all; left out: every member. */
  needs?: Extract<Role, "admin">;
  Content: ComponentType;
}

const ENTRIES: Record<Tab, Entry> = {
  organization: {
    icon: Building2,
    Content: lazy(() => import("./organization/organization").then((m) => ({ default: m.OrganizationTab }))),
  },
  members: { icon: Users, Content: lazy(() => import("./members/members").then((m) => ({ default: m.Members }))) },
  connections: {
    icon: Plug,
    Content: lazy(() => import("./connections/connections").then((m) => ({ default: m.Connections }))),
  },
  keys: { icon: KeyRound, Content: lazy(() => import("./keys/keys").then((m) => ({ default: m.Keys }))) },
  limits: { icon: Gauge, Content: lazy(() => import("./limits/limits").then((m) => ({ default: m.Limits }))) },
  alerts: { icon: Bell, Content: lazy(() => import("./channels/channels").then((m) => ({ default: m.Channels }))) },
  privacy: {
    icon: ShieldCheck,
    Content: lazy(() => import("./privacy/privacy").then((m) => ({ default: m.Privacy }))),
  },
  retention: {
    icon: Hourglass,
    Content: lazy(() => import("./retention/retention").then((m) => ({ default: m.Retention }))),
  },
  audit: {
    icon: ScrollText,
    needs: "admin",
    Content: lazy(() => import("./audit/audit").then((m) => ({ default: m.Audit }))),
  },
  backups: {
    icon: Archive,
    needs: "admin",
    Content: lazy(() => import("./backups/backups").then((m) => ({ default: m.Backups }))),
  },
  account: {
    icon: CircleUser,
    Content: lazy(() => import("./account/account").then((m) => ({ default: m.Account }))),
  },
};

export function Page() {
  const { t } = useTranslation("settings");
  const { tab = "organization" } = settingsRoute.useSearch();
  const navigate = settingsRoute.useNavigate();
  const mayAdmin = useMay("admin");
  useActions(
    useMemo(() => {
      const go = (to: Tab, open?: string) => () => void navigate({ search: { tab: to, open } });
      return [
        ...TABS.map((each) => ({
          id: `settings_${each}`,
          label: t("go_to", { tab: t(`tab.${each}`) }),
          icon: ENTRIES[each].icon,
          run: go(each),
        })),
        ...(mayAdmin
          ? [
              { id: "settings_add_member", label: t("members.add"), icon: UserPlus, run: go("members", "new") },
              { id: "settings_add_channel", label: t("channels.add"), icon: Bell, run: go("alerts", "new") },
            ]
          : []),
      ];
    }, [mayAdmin, navigate, t]),
  );
  const { needs, Content } = ENTRIES[tab];
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      <div className="grid items-start gap-x-8 gap-y-4 lg:grid-cols-[12rem_minmax(0,1fr)]">
        <Parts tab={tab} mayAdmin={mayAdmin} />
        <div className="flex min-w-0 flex-col gap-5">
          {needs && !mayAdmin ? (
            <NoPermission needs={needs} />
          ) : (
            <Suspense fallback={<Loading lines={8} />}>
              <Content key={tab} />
            </Suspense>
          )}
        </div>
      </div>
    </>
  );
}

/** The list of parts: at the side, or where that is too narrow, one to choose from. */
function Parts({ tab, mayAdmin }: { tab: Tab; mayAdmin: boolean }) {
  const { t } = useTranslation(["settings", "common"]);
  const { slug } = useOrganization();
  const navigate = settingsRoute.useNavigate();
  return (
    <nav aria-label={t("parts")} className="lg:sticky lg:top-4">
      <Select
        className="flex w-full lg:hidden"
        aria-label={t("parts")}
        value={tab}
        onChange={(next) => void navigate({ search: { tab: next } })}
        options={TABS.map((value) => ({ value, label: t(`tab.${value}`) }))}
      />
      <ul className="hidden flex-col gap-0.5 lg:flex">
        {TABS.map((each) => {
          const { icon: Icon, needs } = ENTRIES[each];
          const locked = needs !== undefined && !mayAdmin;
          return (
            <li key={each}>
              {/* Filters are each part's own: they do not go along. */}
              <Link
                to="/o/$slug/settings"
                params={{ slug }}
                search={{ tab: each }}
                aria-current={tab === each ? "page" : undefined}
                className="flex items-center gap-2 rounded-box px-2.5 py-1.5 text-muted hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent-strong"
              >
                <Icon className="size-4 shrink-0" aria-hidden />
                <span className="min-w-0 grow">{t(`tab.${each}`)}</span>
                {locked && <Lock className="size-3.5 shrink-0" role="img" aria-label={t("locked")} />}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
