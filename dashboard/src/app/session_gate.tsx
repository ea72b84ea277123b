/** Lets through who is signed in, and shows the way in to everybody else; the address stays, so links survive it. */
import { type ReactNode, Suspense } from "react";
import { lazyRouteComponent } from "@tanstack/react-router";
import { textsOf } from "@/lib/i18n";
import { Loading } from "@/ui/states";
import { useSessionState } from "./session";

const Entrance = lazyRouteComponent(() => import("./entrance"), "Entrance");

/** Fetch the way in before it is shown. */
export async function fetchEntrance(): Promise<void> {
  await Promise.all([Entrance.preload?.(), textsOf("entrance")()]);
}

export function SessionGate({ children }: { children: ReactNode }) {
  const { session, recovering } = useSessionState();
  if (session === undefined) return <Loading />;
  if (session === null || recovering) {
    return (
      <Suspense fallback={<Loading />}>
        <Entrance recovering={recovering} />
      </Suspense>
    );
  }
  return children;
}
