/** The account of who is signed in. A password goes to the auth server and is kept nowhere. */
import { useMutation } from "@tanstack/react-query";
import type { UserAttributes } from "@supabase/supabase-js";
import { asProblem } from "@/lib/problem";
import { supabase } from "@/lib/supabase";

/** Change what the account says of the person, such as their name. */
export function useUpdateAccount() {
  return useMutation({
    mutationFn: async (changes: Pick<UserAttributes, "data">) => refuse(await supabase().auth.updateUser(changes)),
  });
}

/** Set another password; the present one is asked for by signing in with it, so that an open browser is not enough. */
export function useChangePassword() {
  return useMutation({
    mutationFn: async ({ email, present, next }: { email: string; present: string; next: string }) => {
      const { auth } = supabase();
      refuse(await auth.signInWithPassword({ email, password: present }));
      refuse(await auth.updateUser({ password: next }));
    },
    gcTime: 0,
  });
}

/** End sessions: all of them, or all but this one. */
export function useSignOut() {
  return useMutation({
    mutationFn: async (scope: "global" | "others") => refuse(await supabase().auth.signOut({ scope })),
  });
}

function refuse({ error }: { error: unknown }): void {
  if (error !== null) throw asProblem(error);
}
