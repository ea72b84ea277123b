/** The overview: how everything that is connected is doing, now. */
import { lazy, Suspense, useMemo } from "react";
import { Plug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useActions } from "@/app/actions";
import { useMay } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useConnections } from "@/hooks/connections";
import { Button } from "@/ui/button";
import { PageHeader } from "@/ui/page_header";
import { Result } from "@/ui/states";
import { Activity } from "./activity";
import { Alerts } from "./alerts";
import { Connections } from "./connections";
import { Figures } from "./figures";
import { Guide } from "./guide";
import { overviewRoute } from "./route";

// Most who come have nothing to connect: the forms are fetched by those who do.
const ConnectDialog = lazy(() =>
  import("@/features/connect/connect_dialog").then((module) => ({ default: module.ConnectDialog })),
);

export function Page() {
  const { t } = useTranslation("overview");
  const { connect } = overviewRoute.useSearch();
  const navigate = overviewRoute.useNavigate();
  const mayConnect = useMay("developer");
  const environment = useEnvironment();
  // Whether there is any at all decides on the guide, whatever environment is looked at.
  const all = useConnections(null);
  const setConnect = useMemo(
    () => (next: true | string | undefined) => void navigate({ search: (before) => ({ ...before, connect: next }) }),
    [navigate],
  );
  useActions(
    useMemo(
      () => (mayConnect ? [{ id: "connect", label: t("connect"), icon: Plug, run: () => setConnect(true) }] : []),
      [mayConnect, setConnect, t],
    ),
  );
  return (
    <>
      <PageHeader
        title={t("title")}
        description={t("description")}
        actions={
          mayConnect && (
            <Button look="primary" onClick={() => setConnect(true)}>
              <Plug className="size-4" aria-hidden />
              {t("connect")}
            </Button>
          )
        }
      />
      <Result query={all} lines={10}>
        {(connections) =>
          connections.length === 0 ? (
            <Guide onConnect={(provider) => setConnect(provider ?? true)} />
          ) : (
            <div className="flex flex-col gap-5">
              <Figures environment={environment} />
              <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-[minmax(0,1fr)_22rem]">
                <Connections
                  connections={connections.filter((each) => !environment || each.environment === environment)}
                />
                <div className="grid grid-cols-1 gap-5 md:grid-cols-2 xl:grid-cols-1">
                  <Alerts />
                  <Activity environment={environment} />
                </div>
              </div>
            </div>
          )
        }
      </Result>
      {connect !== undefined && (
        <Suspense>
          <ConnectDialog provider={connect === true ? null : connect} onClose={() => setConnect(undefined)} />
        </Suspense>
      )}
    </>
  );
}
