/**
 * A dense list: TanStack Table for columns, TanStack Virtual so that ten thousand rows scroll like ten.
 * Arrows, Home and End move between rows; Enter opens one; the end of the list asks for more.
 */
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type ColumnDef, tableFeatures, useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { LoaderCircle } from "lucide-react";
import { useTranslation } from "react-i18next";
import { cx } from "@/lib/cx";

export interface Column<R> {
  id: string;
  header: string;
  cell: (row: R) => ReactNode;
  /** Figures stand at the end side. */
  end?: boolean;
  /** Left out on narrow screens. */
  wideOnly?: boolean;
}

interface Props<R> {
  /** Names the table for screen readers. */
  label: string;
  /** Keep it the same between renders: `useMemo`. */
  columns: readonly Column<R>[];
  rows: readonly R[];
  rowId: (row: R) => string;
  /** A click or Enter on a row. */
  onOpen?: (row: R) => void;
  /** The row whose details are open. */
  openId?: string | null;
  hasMore?: boolean;
  loadingMore?: boolean;
  onMore?: () => void;
}

const features = tableFeatures({});
const ROW_PX = 41;

export function DataTable<R extends object>({
  label,
  columns,
  rows,
  rowId,
  onOpen,
  openId,
  hasMore = false,
  loadingMore = false,
  onMore,
}: Props<R>) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState(0);
  const definitions = useMemo(
    () =>
      columns.map((column): ColumnDef<typeof features, R> => ({
        id: column.id,
        header: column.header,
        cell: ({ row }) => column.cell(row.original),
      })),
    [columns],
  );
  const table = useTable({ features, columns: definitions, data: rows, getRowId: rowId });
  const modelled = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: modelled.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  // How many rows there were when more was last asked for: it is asked for once.
  const askedAt = useRef(-1);
  useEffect(() => {
    if (!hasMore || loadingMore || last < modelled.length - 5 || askedAt.current === modelled.length) return;
    askedAt.current = modelled.length;
    onMore?.();
  }, [hasMore, loadingMore, last, modelled.length, onMore]);

  const focusRow = useCallback(
    (index: number) => {
      const next = Math.max(0, Math.min(modelled.length - 1, index));
      setFocused(next);
      virtual.scrollToIndex(next);
      // The row may only now come into being.
      requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`tr[data-index="${next}"]`)?.focus());
    },
    [modelled.length, virtual],
  );
  const onKeyDown = (event: KeyboardEvent<HTMLTableRowElement>, index: number, row: R) => {
    if (event.target !== event.currentTarget) return; // A button within the row has the key.
    const moves: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + 10,
      PageUp: index - 10,
      Home: 0,
      End: modelled.length - 1,
    };
    const move = moves[event.key];
    if (move !== undefined) focusRow(move);
    else if (event.key === "Enter" && onOpen) onOpen(row);
    else return;
    event.preventDefault();
  };

  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const of = new Map(columns.map((column) => [column.id, column]));
  const cellClass = (id: string) => {
    const column = of.get(id);
    return cx(column?.end === true && "tabular text-end", column?.wideOnly === true && "max-md:hidden");
  };
  return (
    <div
      ref={scroller}
      className="max-h-[calc(100dvh-15rem)] min-h-20 overflow-auto rounded-box border border-line bg-surface"
    >
      <table className="w-full border-collapse" aria-label={label} aria-rowcount={modelled.length + 1}>
        <thead className="sticky top-0 z-10 bg-sunken">
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => (
                <th
                  key={header.id}
                  scope="col"
                  className={cx(
                    "px-3 py-2 text-xs font-medium whitespace-nowrap text-muted",
                    of.get(header.column.id)?.end !== true && "text-start",
                    cellClass(header.column.id),
                  )}
                >
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {above > 0 && <Spacer height={above} />}
          {items.map((item) => {
            const row = modelled[item.index];
            if (!row) return null;
            return (
              <tr
                key={row.id}
                ref={virtual.measureElement}
                data-index={item.index}
                aria-rowindex={item.index + 2}
                aria-current={row.id === openId || undefined}
                tabIndex={item.index === Math.min(focused, modelled.length - 1) ? 0 : -1}
                onFocus={() => setFocused(item.index)}
                onKeyDown={(event) => onKeyDown(event, item.index, row.original)}
                onClick={onOpen && (() => onOpen(row.original))}
                className={cx(
                  "border-t border-line -outline-offset-2 aria-current:bg-accent-soft",
                  onOpen && "cursor-pointer hover:bg-sunken",
                )}
              >
                {row.getAllCells().map((cell) => (
                  <td key={cell.id} className={cx("px-3 py-2", cellClass(cell.column.id))}>
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            );
          })}
          {below > 0 && <Spacer height={below} />}
        </tbody>
      </table>
      {loadingMore && (
        <p role="status" className="flex items-center justify-center gap-2 border-t border-line py-3 text-muted">
          <LoaderCircle className="size-4 animate-spin" aria-hidden />
          {t("states.loading")}
        </p>
      )}
    </div>
  );
}

function Spacer({ height }: { height: number }) {
  return (
    <tr aria-hidden>
      <td style={{ height }} />
    </tr>
  );
}
