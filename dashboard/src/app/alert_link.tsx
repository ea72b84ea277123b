/** Where a message about an alert leads (/alerts/<id>): on to the alert, in the organization that it is of. */
import { useQuery } from "@tanstack/react-query";
import { Navigate, useParams } from "@tanstack/react-router";
import { useOrganizations } from "@/hooks/organizations";
import { dataOf, supabase } from "@/lib/supabase";
import { Result } from "@/ui/states";
import { NotFound } from "./page_states";

export function AlertLink() {
  const { alert } = useParams({ from: "/alerts/$alert" });
  const organizations = useOrganizations();
  const organizationId = useQuery({
    queryKey: ["alert's organization", alert],
    queryFn: async ({ signal }) => {
      const found = await dataOf(
        supabase().from("alerts").select("organization_id").eq("id", alert).abortSignal(signal),
      );
      return found[0]?.organization_id ?? null;
    },
    retry: false,
  });
  return (
    <Result query={organizations}>
      {(list) => (
        <Result query={organizationId}>
          {(id) => {
            const organization = list.find((each) => each.id === id);
            if (!organization) return <NotFound />;
            const search = { tab: "alerts" as const, status: "all", alert };
            return <Navigate to="/o/$slug/analytics" params={{ slug: organization.slug }} search={search} replace />;
          }}
        </Result>
      )}
    </Result>
  );
}
