/** The address without an organization: on to where the person was last, or to the first one they make. */
import { Navigate } from "@tanstack/react-router";
import { useOrganizations } from "@/hooks/organizations";
import { lastOrganization } from "@/lib/preferences";
import { Result } from "@/ui/states";
import { useUser } from "./session";

export function Home() {
  const organizations = useOrganizations();
  const last = lastOrganization(useUser().id);
  return (
    <Result query={organizations}>
      {(list) => {
        const chosen = list.find(({ slug }) => slug === last) ?? list[0];
        return chosen ? (
          <Navigate to="/o/$slug" params={{ slug: chosen.slug }} replace />
        ) : (
          <Navigate to="/new-organization" replace />
        );
      }}
    </Result>
  );
}
