/** The organization that is open, and what the person may do in it. The address names it: /o/<slug>/… */
import { createContext, useContext } from "react";
import type { Enum } from "@/lib/supabase";

export type Role = Enum<"organization_role">;

export interface Organization {
  id: string;
  name: string;
  slug: string;
  country: string;
  time_zone: string;
  /** The person's own. */
  role: Role;
}

const POWER: Record<Role, number> = { viewer: 0, developer: 1, admin: 2, owner: 3 };

export const OrganizationContext = createContext<Organization | null>(null);

/** The open organization; only below its route. */
export function useOrganization(): Organization {
  const organization = useContext(OrganizationContext);
  if (!organization) throw new Error("No organization is open.");
  return organization;
}

/** Whether the person has at least that role. The server decides anyway; this saves a try that would be refused. */
export function useMay(role: Role): boolean {
  return may(useOrganization().role, role);
}

export function may(has: Role, needs: Role): boolean {
  return POWER[has] >= POWER[needs];
}
