/** How fast connections may be called, and how much of the hub there is for the organization. */
import { Quotas } from "./quotas";
import { RateLimits } from "./rate_limits";

export function Limits() {
  return (
    <>
      <Quotas />
      <RateLimits />
    </>
  );
}
