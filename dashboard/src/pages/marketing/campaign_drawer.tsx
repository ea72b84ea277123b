/** One campaign: every figure that the tool tells, and how they grew. */
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type Campaign, type CampaignDay, useCampaign, useCampaignDays } from "@/hooks/marketing";
import { formatCount, formatDay } from "@/lib/format";
import { Status } from "@/ui/badge";
import { Chart } from "@/ui/chart";
import { Id } from "@/ui/copy_button";
import { Drawer } from "@/ui/dialog";
import { Money } from "@/ui/money";
import { Panel } from "@/ui/panel";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { figure, rate } from "./campaigns";
import { Facts, ToolName } from "./parts";
import { useTools } from "./use_tools";

export function CampaignDrawer({ campaignId, onClose }: { campaignId: string; onClose: () => void }) {
  const { t } = useTranslation("marketing");
  const campaign = useCampaign(campaignId);
  return (
    <Drawer open onOpenChange={onClose} title={campaign.data ? <bdi>{campaign.data.name}</bdi> : t("campaigns.one")}>
      <Result query={campaign} lines={8}>
        {(one) => (
          <div className="flex flex-col gap-5">
            <Panel title={t("campaigns.report")} aside={<Status state={one.status} />}>
              <Report campaign={one} />
            </Panel>
            <Days campaignId={one.id} />
          </div>
        )}
      </Result>
    </Drawer>
  );
}

function Report({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("marketing");
  const style = useStyle();
  const { byId } = useTools();
  const shared = (count: number | null) =>
    count === null ? "–" : `${figure(count, style)} (${rate(count, campaign, style)})`;
  return (
    <Facts
      rows={[
        [t("tool"), <ToolName key="tool" connection={byId.get(campaign.connection_id)} />],
        [t("campaigns.subject"), campaign.subject && <bdi>{campaign.subject}</bdi>],
        [t("campaigns.sent"), campaign.sent_at && <Time at={campaign.sent_at} absolute />],
        [t("campaigns.tools_word"), <bdi key="word">{campaign.provider_status}</bdi>],
        [t("campaigns.recipients"), figure(campaign.recipients, style)],
        [t("campaigns.opened_by"), shared(campaign.unique_opens)],
        [t("campaigns.opens"), figure(campaign.opens, style)],
        [t("campaigns.clicked_by"), shared(campaign.unique_clicks)],
        [t("campaigns.clicks"), figure(campaign.clicks, style)],
        [t("campaigns.bounces"), shared(campaign.bounces)],
        [t("campaigns.unsubscribes"), shared(campaign.unsubscribes)],
        [t("campaigns.complaints"), shared(campaign.complaints)],
        [
          t("campaigns.revenue"),
          campaign.revenue !== null && campaign.revenue_currency !== null ? (
            <Money amount={campaign.revenue} currency={campaign.revenue_currency} />
          ) : null,
        ],
        [t("campaigns.updated"), campaign.provider_updated_at && <Time at={campaign.provider_updated_at} />],
        [t("campaigns.tools_id"), <Id key="id" value={campaign.provider_campaign_id} />],
      ]}
    />
  );
}

function Days({ campaignId }: { campaignId: string }) {
  const { t } = useTranslation("marketing");
  return (
    <Panel title={t("campaigns.days")}>
      <Result
        query={useCampaignDays(campaignId)}
        empty={<p className="px-4 py-3 text-muted">{t("campaigns.no_days")}</p>}
      >
        {(days) => <Growth days={days} />}
      </Result>
    </Panel>
  );
}

function Growth({ days }: { days: readonly CampaignDay[] }) {
  const { t } = useTranslation("marketing");
  const style = useStyle();
  return (
    <div className="p-3">
      <Chart
        kind="lines"
        label={t("campaigns.days")}
        rows={days.map(({ day, unique_opens, unique_clicks }) => ({
          at: day,
          opens: unique_opens,
          clicks: unique_clicks,
        }))}
        series={[
          { key: "opens", label: t("campaigns.opened_by"), colour: "--accent" },
          { key: "clicks", label: t("campaigns.clicked_by"), colour: "--warn-fill" },
        ]}
        format={(value) => formatCount(value, style)}
        // Days are kept by UTC, whatever the organization's clock says.
        formatAt={(at) => formatDay(`${at}T12:00:00Z`, { ...style, timeZone: "UTC" })}
      />
      <p className="mt-2 text-[13px] text-muted">{t("campaigns.days_help")}</p>
    </div>
  );
}
