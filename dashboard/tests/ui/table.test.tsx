import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { type Column, DataTable } from "@/ui/table";

interface Row {
  id: string;
  name: string;
}
const ROWS: Row[] = Array.from({ length: 5 }, (_, index) => ({ id: `${index}`, name: `row ${index}` }));
const COLUMNS: Column<Row>[] = [{ id: "name", header: "Name", cell: (row) => row.name }];

function show(props: Partial<Parameters<typeof DataTable<Row>>[0]> = {}) {
  const onOpen = vi.fn();
  render(<DataTable label="Rows" columns={COLUMNS} rows={ROWS} rowId={(row) => row.id} onOpen={onOpen} {...props} />);
  return onOpen;
}

describe("the table", () => {
  it("is walked by the arrows, and opens a row by Enter", async () => {
    const onOpen = show();
    screen.getByText("row 0").closest("tr")?.focus();
    await userEvent.keyboard("{ArrowDown}");
    await vi.waitFor(() => expect(screen.getByText("row 1").closest("tr")).toBe(document.activeElement));
    await userEvent.keyboard("{Enter}");
    expect(onOpen).toHaveBeenCalledExactlyOnceWith(ROWS[1]);
  });

  it("has one row in the tab order", () => {
    show();
    expect(
      screen.getAllByRole("row").filter((row) => row.tabIndex === 0 && row.dataset["index"] !== undefined),
    ).toHaveLength(1);
  });

  it("draws few of many rows, and those that stay only once while it scrolls", async () => {
    const rows = Array.from({ length: 100_000 }, (_, index) => ({ id: `${index}`, name: `row ${index}` }));
    const cell = vi.fn((row: Row) => row.name);
    show({ rows, columns: [{ id: "name", header: "Name", cell }] });
    const drawn = screen.getAllByRole("row").length;
    expect(drawn).toBeLessThan(50);
    expect(screen.getByRole("table").getAttribute("aria-rowcount")).toBe("100001");
    cell.mockClear();

    const scroller = screen.getByRole("table").parentElement as HTMLElement;
    scroller.scrollTop = 200;
    fireEvent.scroll(scroller);
    await screen.findByText(`row ${drawn + 2}`);
    expect(screen.getByText("row 5")).toBeDefined();
    expect(cell.mock.calls.map(([row]) => row.name)).not.toContain("row 5");
  });

  it("asks for more at its end, once", () => {
    const onMore = vi.fn();
    show({ hasMore: true, onMore });
    expect(onMore).toHaveBeenCalledOnce();
  });
});
