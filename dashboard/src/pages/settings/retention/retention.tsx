/** For how long what is kept, what holds it, and what went. */
import { Holds } from "./holds";
import { Plan } from "./plan";
import { Runs } from "./runs";

export function Retention() {
  return (
    <>
      <Plan />
      <Holds />
      <Runs />
    </>
  );
}
