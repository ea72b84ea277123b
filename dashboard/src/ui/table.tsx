/**
 * A dense list: TanStack Table for columns, TanStack Virtual so that a hundred thousand rows scroll like ten.
 * Arrows, Home and End move between rows; Enter opens one; the end of the list asks for more.
 */
import {
  type KeyboardEvent,
  memo,
  type ReactNode,
  type SyntheticEvent,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
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
/** Of a row of one line: what is guessed right need not be laid out twice. */
const ROW_PX = 37;

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
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  // How many rows there were when more was last asked for: it is asked for once.
  const askedAt = useRef(-1);
  useEffect(() => {
    if (!hasMore || loadingMore || last < rows.length - 5 || askedAt.current === rows.length) return;
    askedAt.current = rows.length;
    onMore?.();
  }, [hasMore, loadingMore, last, rows.length, onMore]);

  const definitions = useMemo(
    () =>
      columns.map((column): ColumnDef<typeof features, R> => ({
        id: column.id,
        header: column.header,
        cell: ({ row }) => column.cell(row.original),
      })),
    [columns],
  );
  // The table is told of the rows that are drawn alone: a model of all would be made anew with each page that comes.
  const drawn = useMemo(() => rows.slice(first, last + 1), [rows, first, last]);
  const table = useTable({ features, columns: definitions, data: drawn, getRowId: rowId });
  const classes = useMemo(() => new Map(columns.map((column) => [column.id, classOf(column)])), [columns]);

  const focusRow = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setFocused(next);
    virtual.scrollToIndex(next);
    // The row may only now come into being.
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`tr[data-index="${next}"]`)?.focus());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const index = indexOf(event);
    const row = index === null ? undefined : rows[index];
    // A button within the row has the key.
    if (index === null || !row || !(event.target instanceof HTMLTableRowElement)) return;
    const moves: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + 10,
      PageUp: index - 10,
      Home: 0,
      End: rows.length - 1,
    };
    const move = moves[event.key];
    if (move !== undefined) focusRow(move);
    else if (event.key === "Enter" && onOpen) onOpen(row);
    else return;
    event.preventDefault();
  };
  const onClick = (event: SyntheticEvent) => {
    const row = rows[indexOf(event) ?? -1];
    if (row) onOpen?.(row);
  };

  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div ref={scroller} className="max-h-[calc(100dvh-15rem)] overflow-auto rounded-box border border-line bg-surface">
      {/* Borders of their own: where they are shared, rows are half a pixel too high or too low. */}
      <table className="w-full border-separate border-spacing-0" aria-label={label} aria-rowcount={rows.length + 1}>
        <thead className="sticky top-0 z-10 bg-sunken">
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => (
                <th
                  key={header.id}
                  scope="col"
                  className={cx(
                    "px-3 py-2 text-xs font-medium whitespace-nowrap text-muted",
                    classes.get(header.column.id),
                  )}
                >
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        {/* It hears of what is done to its rows, which are focused and clicked. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
        <tbody onClick={onOpen && onClick} onKeyDown={onKeyDown} onFocus={(event) => setFocused(indexOf(event) ?? 0)}>
          {above > 0 && <Spacer height={above} />}
          {table.getRowModel().rows.map((row, offset) => (
            <Row
              key={row.id}
              measure={virtual.measureElement}
              index={first + offset}
              inTabOrder={first + offset === Math.min(focused, rows.length - 1)}
              open={row.id === openId}
              opens={onOpen !== undefined}
              value={row.original}
              columns={columns}
            >
              {row.getAllCells().map((cell) => (
                <td key={cell.id} className={cx("border-t border-line px-3 py-2", classes.get(cell.column.id))}>
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </Row>
          ))}
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

function classOf({ end, wideOnly }: Pick<Column<object>, "end" | "wideOnly">): string {
  return cx(end === true ? "tabular text-end" : "text-start", wideOnly === true && "max-md:hidden");
}

/** The index of the row in which something happened. */
function indexOf({ target }: SyntheticEvent): number | null {
  const row = target instanceof Element ? target.closest<HTMLElement>("tr[data-index]") : null;
  return row ? Number(row.dataset["index"]) : null;
}

interface RowProps {
  measure: (element: HTMLElement | null) => void;
  index: number;
  inTabOrder: boolean;
  open: boolean;
  /** Whether a click opens it. */
  opens: boolean;
  /** What it is drawn of, together with `columns`: as long as they stay, its cells do. */
  value: object;
  columns: unknown;
  children: ReactNode;
}

/** A row; while the list scrolls, those that stay are not drawn again. */
const Row = memo(
  function Row({ measure, index, inTabOrder, open, opens, children }: RowProps) {
    return (
      <tr
        ref={measure}
        data-index={index}
        aria-rowindex={index + 2}
        aria-current={open || undefined}
        tabIndex={inTabOrder ? 0 : -1}
        className={cx("-outline-offset-2 aria-current:bg-accent-soft", opens && "cursor-pointer hover:bg-sunken")}
      >
        {children}
      </tr>
    );
  },
  (before, after) =>
    before.value === after.value &&
    before.columns === after.columns &&
    before.index === after.index &&
    before.inTabOrder === after.inTabOrder &&
    before.open === after.open &&
    before.opens === after.opens,
);

function Spacer({ height }: { height: number }) {
  return (
    <tr aria-hidden>
      <td style={{ height }} />
    </tr>
  );
}
