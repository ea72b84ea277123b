/** Who is signed in. supabase-js keeps the session; nothing here does. */
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import type { Session, User } from "@supabase/supabase-js";
import { supabase } from "@/lib/supabase";
import { queryClient } from "./queries";

interface State {
  /** undefined: not known yet; null: nobody. */
  session: Session | null | undefined;
  /** Whether the person came by a link to set a new password. */
  recovering: boolean;
}

const Context = createContext<State>({ session: undefined, recovering: false });

export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<State>({ session: undefined, recovering: false });
  useEffect(() => {
    const { data } = supabase().auth.onAuthStateChange((event, session) => {
      // What somebody else may not see must not stay behind.
      if (event === "SIGNED_OUT") queryClient.clear();
      setState((before) => ({
        session,
        recovering:
          event === "PASSWORD_RECOVERY" || (before.recovering && event !== "USER_UPDATED" && session !== null),
      }));
    });
    return () => data.subscription.unsubscribe();
  }, []);
  return <Context.Provider value={state}>{children}</Context.Provider>;
}

export function useSessionState(): State {
  return useContext(Context);
}

/** Who is signed in; only below the session gate. */
export function useUser(): User {
  const { session } = useContext(Context);
  if (!session) throw new Error("Nobody is signed in.");
  return session.user;
}
