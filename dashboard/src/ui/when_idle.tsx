/** What the first look does not need: it is fetched and shown once the browser has nothing better to do. */
import { type ReactNode, Suspense, useEffect, useState } from "react";

/** Where the browser does not tell when it is idle. */
const SOON_MS = 500;

export function WhenIdle({ children }: { children: ReactNode }) {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    const begin = () => setIdle(true);
    if (!("requestIdleCallback" in window)) {
      const timer = setTimeout(begin, SOON_MS);
      return () => clearTimeout(timer);
    }
    const handle = window.requestIdleCallback(begin);
    return () => window.cancelIdleCallback(handle);
  }, []);
  return idle && <Suspense>{children}</Suspense>;
}
