/** The page's address: what it holds, and how to change a part of it. */
import { useCallback } from "react";
import { type SocialSearch, socialRoute } from "./route";

export function useSearch(): [SocialSearch, (change: SocialSearch) => void] {
  const search = socialRoute.useSearch();
  const navigate = socialRoute.useNavigate();
  const set = useCallback(
    (change: SocialSearch) => void navigate({ search: (before) => ({ ...before, ...change }) }),
    [navigate],
  );
  return [search, set];
}

/** What closes the composer. */
export const CLOSED = { compose: undefined, copy: undefined, at: undefined };
