/** Deals, as the tools that keep them have them. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Deal, useDeals } from "@/hooks/marketing";
import { Status } from "@/ui/badge";
import { Money } from "@/ui/money";
import type { Column } from "@/ui/table";
import { Time } from "@/ui/time";
import { marketingRoute } from "./route";
import { ToolTable } from "./tool_table";
import { useToolFilter, useTools } from "./use_tools";

const STATES = ["open", "won", "lost"] as const;

export default function Deals() {
  const { t } = useTranslation(["marketing", "common"]);
  const { connection, status } = marketingRoute.useSearch();
  const deals = useDeals({ connections: useToolFilter(connection), status });
  return (
    <ToolTable
      label={t("tabs.deals")}
      query={deals}
      columns={useColumns()}
      stream="deals"
      states={STATES.map((value) => ({ value, label: t(`deals.states.${value}`) }))}
    />
  );
}

function useColumns(): readonly Column<Deal>[] {
  const { t } = useTranslation("marketing");
  const { byId } = useTools();
  return useMemo(
    () => [
      { id: "name", header: t("deals.name"), cell: (row) => <bdi className="font-medium">{row.name}</bdi> },
      {
        id: "state",
        header: t("deals.state"),
        cell: (row) => {
          const state = stateOf(row);
          return state === null ? "–" : <Status state={state} />;
        },
      },
      {
        id: "stage",
        header: t("deals.stage"),
        wideOnly: true,
        cell: (row) => <bdi>{[row.stage, row.pipeline].filter(Boolean).join(" · ") || "–"}</bdi>,
      },
      {
        id: "amount",
        header: t("deals.amount"),
        end: true,
        cell: (row) =>
          row.amount === null || row.currency === null ? "–" : <Money amount={row.amount} currency={row.currency} />,
      },
      {
        id: "reference",
        header: t("deals.reference"),
        wideOnly: true,
        cell: (row) => <bdi>{row.reference ?? "–"}</bdi>,
      },
      {
        id: "tool",
        header: t("tool"),
        wideOnly: true,
        cell: (row) => <bdi>{byId.get(row.connection_id)?.name ?? "–"}</bdi>,
      },
      {
        id: "updated",
        header: t("deals.updated"),
        end: true,
        cell: (row) => <Time at={row.provider_updated_at ?? row.updated_at} />,
      },
    ],
    [t, byId],
  );
}

/** How a deal stands; null: the tool does not tell. */
export function stateOf({ is_closed, is_won }: Pick<Deal, "is_closed" | "is_won">): string | null {
  if (is_won === true) return "won";
  if (is_closed === true) return is_won === false ? "lost" : "closed";
  return is_closed === false ? "in_progress" : null;
}
