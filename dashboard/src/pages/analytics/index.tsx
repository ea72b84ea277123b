/** Analytics and monitoring: how much, how fast, how well, at what cost; and what needs somebody. Each tab is fetched when it is shown. */
import { type ComponentType, lazy, Suspense, useMemo } from "react";
import { BellPlus, Inbox as InboxIcon, Siren } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useActions } from "@/app/actions";
import { useMay } from "@/app/organization";
import { useInbox, isUnread } from "@/hooks/alerts";
import { PageHeader } from "@/ui/page_header";
import { Loading } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { useSet } from "./filters";
import { analyticsRoute, type Tab, TABS } from "./route";

const CONTENT: Record<Tab, ComponentType> = {
  usage: lazy(() => import("./usage").then((module) => ({ default: module.Usage }))),
  latency: lazy(() => import("./latency").then((module) => ({ default: module.Latency }))),
  errors: lazy(() => import("./errors").then((module) => ({ default: module.Errors }))),
  cost: lazy(() => import("./cost").then((module) => ({ default: module.Cost }))),
  health: lazy(() => import("./health").then((module) => ({ default: module.Health }))),
  incidents: lazy(() => import("./incidents").then((module) => ({ default: module.Incidents }))),
  alerts: lazy(() => import("./alerts").then((module) => ({ default: module.Alerts }))),
  inbox: lazy(() => import("./inbox").then((module) => ({ default: module.Inbox }))),
  rules: lazy(() => import("./rules").then((module) => ({ default: module.Rules }))),
  checks: lazy(() => import("./checks").then((module) => ({ default: module.Checks }))),
};

export function Page() {
  const { t } = useTranslation("analytics");
  const { tab = "usage" } = analyticsRoute.useSearch();
  const navigate = analyticsRoute.useNavigate();
  const set = useSet();
  const mayEdit = useMay("developer");
  const unread = useInbox().data?.pages[0]?.filter(isUnread).length ?? 0;
  useActions(
    useMemo(() => {
      const go = (search: Parameters<typeof set>[0]) => () =>
        void navigate({ search: (before) => ({ ...before, ...search }) });
      return [
        { id: "analytics.alerts", label: t("tab.alerts"), icon: Siren, run: go({ tab: "alerts", status: undefined }) },
        { id: "analytics.inbox", label: t("tab.inbox"), icon: InboxIcon, run: go({ tab: "inbox" }) },
        ...(mayEdit
          ? [{ id: "analytics.rule", label: t("rules.new"), icon: BellPlus, run: go({ tab: "rules", edit: true }) }]
          : []),
      ];
    }, [mayEdit, navigate, t]),
  );
  // The time and what is looked at go along; what is open and the state of a list do not.
  const change = (next: Tab) =>
    set({
      tab: next,
      status: undefined,
      severity: undefined,
      rule: undefined,
      alert: undefined,
      incident: undefined,
      edit: undefined,
    });
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      <Tabs
        label={t("tabs")}
        value={tab}
        onChange={change}
        tabs={TABS.map((value) => ({
          value,
          label:
            value === "inbox" && unread > 0 ? (
              <>
                {t("tab.inbox")}{" "}
                <span className="tabular ms-1 rounded-full bg-accent-soft px-1.5 py-0.5 text-xs text-accent-strong">
                  {unread}
                  <span className="sr-only"> {t("inbox.unread")}</span>
                </span>
              </>
            ) : (
              t(`tab.${value}`)
            ),
          content: <Content tab={value} />,
        }))}
      />
    </>
  );
}

function Content({ tab }: { tab: Tab }) {
  const Shown = CONTENT[tab];
  return (
    <Suspense fallback={<Loading lines={8} />}>
      <Shown />
    </Suspense>
  );
}
