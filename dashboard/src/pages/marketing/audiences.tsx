/** Lists of contacts at the tools, which campaigns go to. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type Audience, useAudiences } from "@/hooks/marketing";
import { formatCount } from "@/lib/format";
import { Id } from "@/ui/copy_button";
import type { Column } from "@/ui/table";
import { Time } from "@/ui/time";
import { marketingRoute } from "./route";
import { ToolTable } from "./tool_table";
import { useToolFilter, useTools } from "./use_tools";

export default function Audiences() {
  const { t } = useTranslation("marketing");
  const { connection } = marketingRoute.useSearch();
  const audiences = useAudiences({ connections: useToolFilter(connection) });
  return <ToolTable label={t("tabs.audiences")} query={audiences} columns={useColumns()} stream="audiences" />;
}

function useColumns(): readonly Column<Audience>[] {
  const { t } = useTranslation("marketing");
  const style = useStyle();
  const { byId } = useTools();
  return useMemo(
    () => [
      { id: "name", header: t("audiences.name"), cell: (row) => <bdi className="font-medium">{row.name}</bdi> },
      { id: "tool", header: t("tool"), cell: (row) => <bdi>{byId.get(row.connection_id)?.name ?? "–"}</bdi> },
      {
        id: "members",
        header: t("audiences.members"),
        end: true,
        cell: (row) => (row.members === null ? "–" : formatCount(row.members, style)),
      },
      {
        id: "updated",
        header: t("audiences.updated"),
        end: true,
        wideOnly: true,
        cell: (row) => (row.provider_updated_at === null ? "–" : <Time at={row.provider_updated_at} />),
      },
      { id: "id", header: t("audiences.id"), wideOnly: true, cell: (row) => <Id value={row.provider_audience_id} /> },
    ],
    [t, style, byId],
  );
}
