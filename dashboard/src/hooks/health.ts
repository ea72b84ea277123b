/** Health over time: incidents, changes of state, single checks, what providers say of themselves. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { z } from "zod/mini";
import { useOrganization } from "@/app/organization";
import { every, FIGURES_MS, LIST_MS } from "@/lib/live";
import { spanOf, type SpanSearch } from "@/lib/figure_period";
import { type Answer, dataOf, type Known, type Row, rpcRows, supabase } from "@/lib/supabase";
import type { Environment } from "./connections";

export type Incident = Row<"health_incidents">;
export type IncidentEntry = Row<"health_incident_entries">;
export type UptimeFigures = Known<
  Answer<"uptime">[number],
  "starts_at" | "connection_id" | "seconds_up" | "seconds_degraded" | "seconds_down" | "seconds_unknown"
>;
export type CheckFigures = Known<
  Answer<"health_history">[number],
  "starts_at" | "checks" | "checks_degraded" | "checks_down"
>;

const SIZE = 50;
const CHANGES_SHOWN = 200;

export const healthKeys = {
  incidents: (organizationId: string, filters: object) => ["incidents", organizationId, filters] as const,
  incident: (organizationId: string, incidentId: string) => ["incidents", organizationId, "one", incidentId] as const,
  changes: (organizationId: string, connectionId: string, span: SpanSearch) =>
    ["health", organizationId, connectionId, "changes", span] as const,
  history: (organizationId: string, connectionId: string, span: SpanSearch) =>
    ["health", organizationId, connectionId, "history", span] as const,
};

export interface IncidentFilters {
  connection?: string | undefined;
  /** open: it goes on; closed: it is over. */
  status?: "open" | "closed" | undefined;
  environment: Environment | null;
}

/** Times of trouble, newest first; live. */
export function useIncidents(filters: IncidentFilters) {
  const { id } = useOrganization();
  return useInfiniteQuery({
    queryKey: healthKeys.incidents(id, filters),
    queryFn: ({ pageParam, signal }) => {
      let query = supabase()
        .from("health_incidents")
        .select("*, connection:integration_connections!inner(name, environment)")
        .eq("organization_id", id);
      if (filters.connection !== undefined) query = query.eq("connection_id", filters.connection);
      if (filters.status === "open") query = query.is("closed_at", null);
      if (filters.status === "closed") query = query.not("closed_at", "is", null);
      if (filters.environment) query = query.eq("connection.environment", filters.environment);
      if (pageParam) query = query.or(pageParam);
      query = query.order("opened_at", { ascending: false }).order("id", { ascending: false }).limit(SIZE);
      return dataOf(query.abortSignal(signal));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => {
      const last = page.at(-1);
      if (!last || page.length < SIZE) return null;
      return `opened_at.lt.${last.opened_at},and(opened_at.eq.${last.opened_at},id.lt.${last.id})`;
    },
    refetchInterval: every(LIST_MS),
  });
}

export interface IncidentDetail extends Incident {
  connection: Pick<Row<"integration_connections">, "name" | "environment">;
  entries: IncidentEntry[];
}

/** An incident and its timeline. */
export function useIncident(incidentId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: healthKeys.incident(id, incidentId),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("health_incidents")
          .select("*, connection:integration_connections!inner(name, environment), entries:health_incident_entries(*)")
          .eq("organization_id", id)
          .eq("id", incidentId)
          .order("id", { referencedTable: "entries" })
          .abortSignal(signal)
          .single()
          .overrideTypes<IncidentDetail, { merge: false }>(),
      ),
    refetchInterval: every(LIST_MS),
  });
}

/** Changes of a connection's state within a span, newest first. */
export function useStateChanges(connectionId: string, search: SpanSearch) {
  const { id, time_zone } = useOrganization();
  return useQuery({
    queryKey: healthKeys.changes(id, connectionId, search),
    queryFn: ({ signal }) => {
      const { since, until } = spanOf(search, time_zone);
      return dataOf(
        supabase()
          .from("health_changes")
          .select("*")
          .eq("organization_id", id)
          .eq("connection_id", connectionId)
          .gte("began_at", since.toISOString())
          .lt("began_at", until.toISOString())
          .order("began_at", { ascending: false })
          .order("id", { ascending: false })
          .limit(CHANGES_SHOWN)
          .abortSignal(signal),
      );
    },
    refetchInterval: every(FIGURES_MS),
  });
}

/** Uptime and single checks of a connection, by the periods of a span. */
export function useHealthHistory(connectionId: string, search: SpanSearch) {
  const { id, time_zone } = useOrganization();
  return useQuery({
    queryKey: healthKeys.history(id, connectionId, search),
    queryFn: async ({ signal }) => {
      const span = spanOf(search, time_zone);
      const asked = {
        connection_id: connectionId,
        since: span.since.toISOString(),
        until: span.until.toISOString(),
        zoom: span.zoom,
        organization_id: id,
      };
      const [uptime, checks] = await Promise.all([
        rpcRows("uptime", asked, ["starts_at"], signal),
        rpcRows("health_history", asked, ["starts_at", "capability"], signal),
      ]);
      return { span, uptime: uptime as UptimeFigures[], checks: checks as CheckFigures[] };
    },
    refetchInterval: every(FIGURES_MS),
  });
}

const text = z.catch(z.nullable(z.optional(z.string())), null);
const pageIncidents = z.catch(
  z.array(z.object({ name: text, status: text, impact: text, url: text, started_at: text, updated_at: text })),
  [],
);
export type PageIncident = z.infer<typeof pageIncidents>[number];

export interface StatusPage extends Pick<
  Row<"provider_status">,
  "provider_key" | "indicator" | "description" | "changed_at" | "read_at"
> {
  incidents: PageIncident[];
}

/** What providers say of themselves. */
export function useStatusPages() {
  return useQuery({
    queryKey: ["status_pages"],
    queryFn: async ({ signal }): Promise<StatusPage[]> => {
      const rows = await dataOf(
        supabase()
          .from("provider_status")
          .select("provider_key, indicator, description, incidents, changed_at, read_at")
          .order("provider_key")
          .abortSignal(signal),
      );
      return rows.map((row) => ({ ...row, incidents: pageIncidents.parse(row.incidents) }));
    },
    refetchInterval: every(FIGURES_MS),
  });
}
