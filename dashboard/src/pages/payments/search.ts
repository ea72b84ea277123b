/** Reading and changing what the page's address holds. */
import { useMemo } from "react";
import { type PaymentsSearch, paymentsRoute } from "./route";

type Change = { [K in keyof PaymentsSearch]?: PaymentsSearch[K] | undefined };

/** Everything that narrows a list. */
const FILTERS = ["connection", "status", "method", "minimum", "maximum", "from", "to", "q", "link"] as const;

export function useFilters() {
  const search = paymentsRoute.useSearch();
  const navigate = paymentsRoute.useNavigate();
  const filtered = FILTERS.some((name) => search[name] !== undefined);
  const actions = useMemo(
    () => ({
      /** Change a part of the address; filters replace the last step of the history. */
      set: (change: Change) =>
        void navigate({ search: (before) => ({ ...before, ...change }), replace: !("payment" in change) }),
      clear: () =>
        void navigate({
          search: ({ environment, tab, payment, part }) => ({ environment, tab, payment, part }),
          replace: true,
        }),
      open: (payment: string) => void navigate({ search: (before) => ({ ...before, payment, part: undefined }) }),
    }),
    [navigate],
  );
  return { search, filtered, ...actions };
}
