/** Live by polling. TanStack Query stops by itself while the tab is hidden. Where there is Realtime: hooks/changes.ts. */

const SLOWER_WHEN_FAILING = 4;
const SLOWEST_MS = 120_000;

/** For `refetchInterval`: every `milliseconds`, and four times as slow (two minutes at most) as long as it fails. */
export function every(milliseconds: number) {
  return (query: { state: { status: string } }): number =>
    query.state.status === "error" ? Math.min(milliseconds * SLOWER_WHEN_FAILING, SLOWEST_MS) : milliseconds;
}

/** How often lists are read again. */
export const LIST_MS = 10_000;
/** How often figures are read again that change slowly. */
export const FIGURES_MS = 30_000;
/** How often an operation that somebody waits for is looked at. */
export const WAITING_MS = 700;
