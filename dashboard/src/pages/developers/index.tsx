/** For those who build on the hub: keys, the API's reference, the events it tells, and the calls it made. */
import { lazy, Suspense, useMemo } from "react";
import { BookOpen, KeyRound, ScrollText, Zap } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useActions } from "@/app/actions";
import { PageHeader } from "@/ui/page_header";
import { Loading } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { developersRoute } from "./route";

const Keys = lazy(() => import("./keys/keys").then((module) => ({ default: module.Keys })));
const Reference = lazy(() => import("./reference/reference").then((module) => ({ default: module.ReferenceTab })));
const Catalogue = lazy(() => import("./catalogue/catalogue").then((module) => ({ default: module.Catalogue })));
const Logs = lazy(() => import("./logs/logs").then((module) => ({ default: module.Logs })));

const TABS = [
  { key: "keys", icon: KeyRound, Content: Keys },
  { key: "reference", icon: BookOpen, Content: Reference },
  { key: "events", icon: Zap, Content: Catalogue },
  { key: "logs", icon: ScrollText, Content: Logs },
] as const;
type Tab = (typeof TABS)[number]["key"];

export function Page() {
  const { t } = useTranslation("developers");
  const search = developersRoute.useSearch();
  const navigate = developersRoute.useNavigate();
  const tab = TABS.find(({ key }) => key === search.tab)?.key ?? "keys";
  useActions(
    useMemo(
      () =>
        TABS.map(({ key, icon }) => ({
          id: `developers_${key}`,
          label: t(`tabs.${key}`),
          icon,
          run: () => void navigate({ search: { tab: key } }),
        })),
      [navigate, t],
    ),
  );
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      <Tabs<Tab>
        label={t("tabs.label")}
        value={tab}
        // What is searched and filtered is each tab's own.
        onChange={(next) => void navigate({ search: { tab: next } })}
        tabs={TABS.map(({ key, Content }) => ({
          value: key,
          label: t(`tabs.${key}`),
          content: (
            <Suspense fallback={<Loading lines={8} />}>
              <Content />
            </Suspense>
          ),
        }))}
      />
    </>
  );
}
