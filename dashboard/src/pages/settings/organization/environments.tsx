/** Sandbox and live: what each has, and what the switch above does. */
import { Link } from "@tanstack/react-router";
import { Plug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useStyle } from "@/app/style";
import { type Connection, type Environment, useConnections } from "@/hooks/connections";
import { formatCount } from "@/lib/format";
import { Badge, EnvironmentBadge } from "@/ui/badge";
import { Button, buttonClass } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Result } from "@/ui/states";
import { settingsRoute } from "../route";
import { Told } from "../parts";

export function Environments() {
  const { t } = useTranslation("settings");
  const connections = useConnections(null);
  return (
    <Panel title={t("environments.title")}>
      <div className="flex flex-col gap-4 p-4">
        <Told>{t("environments.text")}</Told>
        <Result query={connections}>
          {(all) => (
            <div className="grid gap-4 md:grid-cols-2">
              {(["sandbox", "live"] as const).map((environment) => (
                <One
                  key={environment}
                  environment={environment}
                  connections={all.filter((each) => each.environment === environment)}
                />
              ))}
            </div>
          )}
        </Result>
      </div>
    </Panel>
  );
}

function One({ environment, connections }: { environment: Environment; connections: readonly Connection[] }) {
  const { t } = useTranslation("settings");
  const { slug } = useOrganization();
  const style = useStyle();
  const navigate = settingsRoute.useNavigate();
  const looking = useEnvironment();
  const mayConnect = useMay("developer");
  const active = connections.filter(({ status }) => status === "active").length;
  return (
    <section className="flex flex-col gap-3 rounded-box border border-line p-4">
      <h3 className="flex flex-wrap items-center gap-2">
        <EnvironmentBadge environment={environment} />
        {looking === environment && <Badge tone="good">{t("environments.looking")}</Badge>}
      </h3>
      <p>
        {connections.length === 0
          ? t("environments.none")
          : t("environments.connections", {
              count: connections.length,
              shown: formatCount(connections.length, style),
              active: formatCount(active, style),
            })}
      </p>
      <Told className="grow">{t(`environments.${environment}`)}</Told>
      <div className="flex flex-wrap gap-2">
        <Button
          size="small"
          onClick={() =>
            void navigate({
              search: (before) => ({ ...before, environment: looking === environment ? undefined : environment }),
            })
          }
        >
          {looking === environment ? t("environments.show_both") : t("environments.show_only")}
        </Button>
        {mayConnect && (
          <Link
            to="/o/$slug"
            params={{ slug }}
            search={{ connect: true, environment }}
            className={buttonClass("secondary", "small")}
          >
            <Plug className="size-4" aria-hidden />
            {t("environments.connect")}
          </Link>
        )}
      </div>
    </section>
  );
}
