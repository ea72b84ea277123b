/** Not built yet. */
import { BeingBuilt } from "@/ui/being_built";

export function Page() {
  return <BeingBuilt page="analytics" />;
}
