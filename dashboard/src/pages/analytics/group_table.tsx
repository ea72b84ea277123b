/** What figures are broken down by, a row each; opening one goes a level deeper. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Breakdown } from "@/hooks/analytics";
import { EnvironmentBadge } from "@/ui/badge";
import { type Column, DataTable } from "@/ui/table";
import type { Group } from "./figures";
import { useLabels, useSet } from "./filters";
import { analyticsRoute } from "./route";

interface Props<R> {
  label: string;
  groups: readonly Group<R>[];
  by: Breakdown | null;
  /** After the name; keep them the same between renders. */
  columns: readonly Column<Group<R>>[];
}

const DEEPER: Record<Breakdown, Breakdown | undefined> = {
  provider: "connection",
  connection: "operation",
  operation: undefined,
};

export function GroupTable<R>({ label, groups, by, columns }: Props<R>) {
  const { t } = useTranslation("analytics");
  const { source } = analyticsRoute.useSearch();
  const set = useSet();
  const name = useLabels(by);
  const all = useMemo(
    (): Column<Group<R>>[] => [
      {
        id: "name",
        header: t(`by.${by ?? "environment"}`),
        cell: (group) => (
          <span className="inline-flex flex-wrap items-center gap-2">
            {by === "operation" ? (
              <code className="font-mono text-[13px]" dir="ltr">
                {group.key}
              </code>
            ) : (
              <bdi className="font-medium">{name(group.key)}</bdi>
            )}
            {by !== null && <EnvironmentBadge environment={group.environment} />}
          </span>
        ),
      },
      ...columns,
    ],
    [by, columns, name, t],
  );
  // Deliveries are of no provider and no connection.
  const opens = by !== null && (source !== "delivery" || by === "operation");
  return (
    <DataTable
      label={label}
      columns={all}
      rows={groups}
      rowId={(group) => `${group.environment} ${group.key}`}
      {...(opens && {
        onOpen: ({ key }: Group<R>) => {
          if (key) set({ [by]: key, by: DEEPER[by] });
        },
      })}
    />
  );
}
