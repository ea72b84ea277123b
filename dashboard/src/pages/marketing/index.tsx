/** Marketing: the tools, the people who left their address, how they came, and what is done by itself. */
import { lazy, Suspense, useMemo } from "react";
import { ListPlus, UserPlus, Workflow } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useActions } from "@/app/actions";
import { useMay } from "@/app/organization";
import { PageHeader } from "@/ui/page_header";
import { Loading } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { marketingRoute } from "./route";

// Each tab is fetched when it is first shown.
const TABS = {
  tools: lazy(() => import("./tools")),
  leads: lazy(() => import("./leads")),
  forms: lazy(() => import("./forms")),
  automations: lazy(() => import("./automations")),
  campaigns: lazy(() => import("./campaigns")),
  audiences: lazy(() => import("./audiences")),
  deals: lazy(() => import("./deals")),
};
type Tab = keyof typeof TABS;
const ORDER = Object.keys(TABS) as Tab[];

export function Page() {
  const { t } = useTranslation("marketing");
  const search = marketingRoute.useSearch();
  const navigate = marketingRoute.useNavigate();
  const mayWrite = useMay("developer");
  // Whoever links to something that is open need not name its tab.
  const named = ORDER.find((tab) => tab === search.tab);
  const tab =
    named ?? (search.lead ? "leads" : search.automation ? "automations" : search.campaign ? "campaigns" : "tools");
  const choose = useMemo(
    () =>
      (next: Tab, more: { lead?: string; form?: string; automation?: string } = {}) =>
        void navigate({ search: ({ environment }) => ({ environment, tab: next, ...more }) }),
    [navigate],
  );
  useActions(
    useMemo(
      () =>
        mayWrite
          ? [
              { id: "lead", label: t("leads.add"), icon: UserPlus, run: () => choose("leads", { lead: "new" }) },
              { id: "lead_form", label: t("forms.add"), icon: ListPlus, run: () => choose("forms", { form: "new" }) },
              {
                id: "automation",
                label: t("automations.add"),
                icon: Workflow,
                run: () => choose("automations", { automation: "new" }),
              },
            ]
          : [],
      [mayWrite, choose, t],
    ),
  );
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      <Tabs
        label={t("title")}
        value={tab}
        onChange={(next) => choose(next)}
        tabs={ORDER.map((value) => {
          const Content = TABS[value];
          return {
            value,
            label: t(`tabs.${value}`),
            content: (
              <Suspense fallback={<Loading lines={8} />}>
                <Content />
              </Suspense>
            ),
          };
        })}
      />
    </>
  );
}
