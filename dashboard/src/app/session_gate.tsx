/** Lets through who is signed in, and shows the way in to everybody else; the address stays, so links survive it. */
import { lazy, type ReactNode, Suspense } from "react";
import { Loading } from "@/ui/states";
import { useSessionState } from "./session";

const Entrance = lazy(() => import("./entrance").then((module) => ({ default: module.Entrance })));

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
