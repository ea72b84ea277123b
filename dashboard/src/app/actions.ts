/** What the command palette can do. A page adds its own as long as it is shown, by `useActions`. */
import { useEffect, useSyncExternalStore } from "react";
import type { LucideIcon } from "lucide-react";

export interface Action {
  /** Unique among all actions. */
  id: string;
  /** As shown, translated. */
  label: string;
  icon?: LucideIcon;
  run: () => void;
}

let current: readonly Action[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Action[]): void {
  current = next;
  for (const listener of listeners) listener();
}

/** Offer actions as long as the calling component is there. Keep the list the same between renders: `useMemo`. */
export function useActions(actions: readonly Action[]): void {
  useEffect(() => {
    change([...current, ...actions]);
    return () => change(current.filter((action) => !actions.includes(action)));
  }, [actions]);
}

/** What can be done now. */
export function useOfferedActions(): readonly Action[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
