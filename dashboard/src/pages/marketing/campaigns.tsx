/** Campaigns at the tools and how they do. What a tool does not tell is left open, never 0. */
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type Campaign, useCampaigns } from "@/hooks/marketing";
import { formatCount, formatShare, type Style } from "@/lib/format";
import { Status } from "@/ui/badge";
import { Money } from "@/ui/money";
import type { Column } from "@/ui/table";
import { Time } from "@/ui/time";
import { marketingRoute } from "./route";
import { ToolTable } from "./tool_table";
import { useToolFilter, useTools } from "./use_tools";

const CampaignDrawer = lazy(() => import("./campaign_drawer").then((module) => ({ default: module.CampaignDrawer })));

const STATES = ["draft", "scheduled", "sending", "sent", "paused", "cancelled"] as const;

export default function Campaigns() {
  const { t } = useTranslation(["marketing", "common"]);
  const search = marketingRoute.useSearch();
  const navigate = marketingRoute.useNavigate();
  const show = (campaign: string | undefined) => void navigate({ search: (before) => ({ ...before, campaign }) });
  const campaigns = useCampaigns({ connections: useToolFilter(search.connection), status: search.status });
  return (
    <>
      <ToolTable
        label={t("tabs.campaigns")}
        query={campaigns}
        columns={useColumns()}
        stream="campaigns"
        states={STATES.map((value) => ({ value, label: t(`common:status.${value}`) }))}
        openId={search.campaign ?? null}
        onOpen={show}
      />
      <Suspense>
        {search.campaign !== undefined && (
          <CampaignDrawer campaignId={search.campaign} onClose={() => show(undefined)} />
        )}
      </Suspense>
    </>
  );
}

function useColumns(): readonly Column<Campaign>[] {
  const { t } = useTranslation("marketing");
  const style = useStyle();
  const { byId } = useTools();
  return useMemo(
    () => [
      {
        id: "name",
        header: t("campaigns.name"),
        cell: (row) => <bdi className="font-medium">{row.name}</bdi>,
      },
      { id: "status", header: t("campaigns.status"), cell: (row) => <Status state={row.status} /> },
      {
        id: "tool",
        header: t("tool"),
        wideOnly: true,
        cell: (row) => <bdi>{byId.get(row.connection_id)?.name ?? "–"}</bdi>,
      },
      {
        id: "recipients",
        header: t("campaigns.recipients"),
        end: true,
        cell: (row) => figure(row.recipients, style),
      },
      { id: "opens", header: t("campaigns.opened"), end: true, cell: (row) => rate(row.unique_opens, row, style) },
      { id: "clicks", header: t("campaigns.clicked"), end: true, cell: (row) => rate(row.unique_clicks, row, style) },
      {
        id: "unsubscribes",
        header: t("campaigns.unsubscribes"),
        end: true,
        wideOnly: true,
        cell: (row) => figure(row.unsubscribes, style),
      },
      {
        id: "revenue",
        header: t("campaigns.revenue"),
        end: true,
        wideOnly: true,
        cell: (row) =>
          row.revenue === null || row.revenue_currency === null ? (
            "–"
          ) : (
            <Money amount={row.revenue} currency={row.revenue_currency} />
          ),
      },
      {
        id: "sent",
        header: t("campaigns.sent"),
        end: true,
        wideOnly: true,
        cell: (row) => (row.sent_at === null ? "–" : <Time at={row.sent_at} />),
      },
    ],
    [t, style, byId],
  );
}

/** A count, or a dash where the tool does not tell. */
export function figure(count: number | null, style: Style): string {
  return count === null ? "–" : formatCount(count, style);
}

/** How many of the recipients did it, as a share; a dash where the tool does not tell both. */
export function rate(count: number | null, { recipients }: Pick<Campaign, "recipients">, style: Style): string {
  return count === null || recipients === null || recipients === 0 ? "–" : formatShare(count / recipients, style);
}
