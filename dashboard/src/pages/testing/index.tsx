/** Testing: try operations in the sandbox, with chosen faults; check credentials; simulate webhooks; compare runs. */
import { lazy, Suspense, useMemo } from "react";
import { Link } from "@tanstack/react-router";
import { FlaskConical, Plug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useActions } from "@/app/actions";
import { type Connection, useConnections } from "@/hooks/connections";
import { buttonClass } from "@/ui/button";
import { PageHeader } from "@/ui/page_header";
import { Empty, Loading, Result } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { ConnectionChoice } from "./connection_choice";
import { testingRoute } from "./route";
import { RunTab } from "./run_tab";
import { SandboxState } from "./sandbox_state";

const CredentialsTab = lazy(() => import("./credentials_tab").then((module) => ({ default: module.CredentialsTab })));
const WebhooksTab = lazy(() => import("./webhooks_tab").then((module) => ({ default: module.WebhooksTab })));
const CompareTab = lazy(() => import("./compare_tab").then((module) => ({ default: module.CompareTab })));

const TABS = ["run", "credentials", "webhooks", "compare"] as const;
type Tab = (typeof TABS)[number];

export function Page() {
  const { t } = useTranslation("testing");
  // Whatever environment is looked at elsewhere: nothing is tried with real money.
  const connections = useConnections("sandbox");
  const navigate = testingRoute.useNavigate();
  useActions(
    useMemo(
      () =>
        TABS.map((tab) => ({
          id: `testing-${tab}`,
          label: t(`action_to.${tab}`),
          icon: FlaskConical,
          run: () => void navigate({ search: (before) => ({ ...before, tab }) }),
        })),
      [navigate, t],
    ),
  );
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} actions={<SandboxState />} />
      <Result query={connections} empty={<NoConnection />} lines={8}>
        {(list) => <Bench connections={list} />}
      </Result>
    </>
  );
}

function Bench({ connections }: { connections: readonly Connection[] }) {
  const { t } = useTranslation("testing");
  const { tab, connection: wanted } = testingRoute.useSearch();
  const navigate = testingRoute.useNavigate();
  const shown = TABS.find((each) => each === tab) ?? "run";
  const connection = connections.find(({ id }) => id === wanted) ?? connections.find(isUsable) ?? connections[0];
  if (!connection) return null;
  const contents: Record<Tab, React.ReactNode> = {
    run: <RunTab key={connection.id} connection={connection} />,
    credentials: <CredentialsTab key={connection.id} connection={connection} />,
    webhooks: <WebhooksTab key={connection.id} connection={connection} />,
    compare: <CompareTab connections={connections} />,
  };
  return (
    <>
      {shown !== "compare" && (
        <ConnectionChoice
          connections={connections}
          chosen={connection}
          onChoose={(id) => void navigate({ search: (before) => ({ ...before, connection: id, action: undefined }) })}
        />
      )}
      <Tabs
        label={t("tabs.label")}
        value={shown}
        onChange={(next) => void navigate({ search: (before) => ({ ...before, tab: next }) })}
        tabs={TABS.map((value) => ({
          value,
          label: t(`tabs.${value}`),
          content: value === shown && <Suspense fallback={<Loading />}>{contents[value]}</Suspense>,
        }))}
      />
    </>
  );
}

function isUsable({ status }: Connection): boolean {
  return status === "active";
}

function NoConnection() {
  const { t } = useTranslation("testing");
  const { slug } = useOrganization();
  const mayConnect = useMay("developer");
  return (
    <Empty
      icon={Plug}
      title={t("no_connection.title")}
      action={
        mayConnect && (
          <Link to="/o/$slug" params={{ slug }} search={{ connect: true }} className={buttonClass("primary")}>
            {t("no_connection.action")}
          </Link>
        )
      }
    >
      {t("no_connection.text")}
    </Empty>
  );
}
