/** Gateways: connections that take payments, how each takes part in routing, and its figures. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { givenName } from "@/lib/connection_name";
import { plus } from "@/lib/decimal";
import { startOfDay } from "@/lib/format";
import { every, FIGURES_MS, LIST_MS } from "@/lib/live";
import { Problem } from "@/lib/problem";
import { type Answer, countOf, dataOf, type Known, type Row, rpc, supabase } from "@/lib/supabase";

export type Routing = Row<"payment_providers">;

export type Gateway = Pick<
  Row<"integration_connections">,
  "id" | "name" | "provider_key" | "environment" | "status" | "health_state"
> & {
  provider: Pick<Row<"integration_providers">, "name" | "methods" | "currencies" | "capabilities">;
  /** Null for those who may not read it. */
  routing: Routing | null;
};

export const gatewayKeys = {
  all: (organizationId: string) => ["gateways", organizationId] as const,
  figures: (organizationId: string, ids: readonly string[]) =>
    [...gatewayKeys.all(organizationId), "figures", ids] as const,
};

/** All of them in the order in which they are considered; last those that are cut, whose payments are still here. */
export function useGateways() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: gatewayKeys.all(id),
    queryFn: ({ signal }) => fetchGateways(id, signal),
    refetchInterval: every(LIST_MS),
  });
}

async function fetchGateways(organizationId: string, signal: AbortSignal): Promise<Gateway[]> {
  const [connections, routing] = await Promise.all([
    dataOf(
      supabase()
        .from("integration_connections")
        .select(
          "id, name, provider_key, environment, status, health_state, provider:integration_providers!inner(name, methods, currencies, capabilities)",
        )
        .eq("organization_id", organizationId)
        .eq("provider.category", "payments")
        .order("name")
        .abortSignal(signal),
    ),
    dataOf(supabase().from("payment_providers").select("*").eq("organization_id", organizationId).abortSignal(signal)),
  ]);
  const routingOf = new Map(routing.map((row) => [row.connection_id, row]));
  return connections
    .map(({ name, ...connection }) => ({
      ...connection,
      name: givenName(name),
      routing: routingOf.get(connection.id) ?? null,
    }))
    .toSorted((a, b) => Number(isCut(a)) - Number(isCut(b)) || placeOf(a) - placeOf(b));
}

function placeOf({ routing }: Gateway): number {
  return routing?.priority ?? Number.MAX_SAFE_INTEGER;
}

/** Whether nothing can be asked of it any more. */
export function isCut({ status }: Pick<Gateway, "status">): boolean {
  return status === "disconnected";
}

export const FIGURES_DAYS = 30;
type CostRow = Known<Answer<"costs">[number], "connection_id" | "category" | "currency" | "told" | "estimated">;

/** How the payments of the last thirty days went through a gateway. */
export interface GatewayFigures {
  payments: number;
  failed: number;
  /** What they cost, by currency: what gateways tell, and what the fee model makes of the others. */
  fees: { currency: string; told: string; estimated: string }[];
}

/** By connection; they are few. */
export function useGatewayFigures(ids: readonly string[]) {
  const { id, time_zone } = useOrganization();
  return useQuery({
    queryKey: gatewayKeys.figures(id, ids),
    enabled: ids.length > 0,
    queryFn: async ({ signal }): Promise<Map<string, GatewayFigures>> => {
      const since = startOfDay(time_zone, FIGURES_DAYS - 1).toISOString();
      const count = (connection: string, status?: "failed") => {
        let query = supabase()
          .from("payments")
          .select("id", { count: "exact", head: true })
          .eq("organization_id", id)
          .eq("connection_id", connection)
          .gte("created_at", since);
        if (status) query = query.eq("status", status);
        return countOf(query.abortSignal(signal));
      };
      const [costs, counts] = await Promise.all([
        rpc("costs", { since, zoom: "day", organization_id: id }, signal),
        Promise.all(
          ids.map(async (each) => ({ each, payments: await count(each), failed: await count(each, "failed") })),
        ),
      ]);
      const fees = feesByConnection(costs as CostRow[]);
      return new Map(counts.map(({ each, ...rest }) => [each, { ...rest, fees: fees.get(each) ?? [] }]));
    },
    refetchInterval: every(FIGURES_MS),
  });
}

/** Days added up. */
export function feesByConnection(rows: readonly CostRow[]): Map<string, GatewayFigures["fees"]> {
  const payments = rows.filter(({ category }) => category === "payments");
  return new Map(
    [...Map.groupBy(payments, (row) => row.connection_id)].map(([connection, days]) => [
      connection,
      [...Map.groupBy(days, (row) => row.currency)].map(([currency, same]) => ({
        currency,
        told: plus(...same.map((row) => row.told)),
        estimated: plus(...same.map((row) => row.estimated)),
      })),
    ]),
  );
}

/** What may be changed of how a connection takes part; null takes a limit or a fee away. Amounts are decimal strings. */
export interface RoutingChanges {
  enabled?: boolean;
  priority?: number;
  weight?: number;
  currencies?: string[];
  countries?: string[];
  methods?: string[];
  minimum_amount?: string | null;
  maximum_amount?: string | null;
  fee_percent?: string | null;
  fee_fixed?: string | null;
  fee_currency?: string | null;
}

/** Change how a connection takes part in routing. */
export function useUpdateRouting() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: async ({ connection, changes }: { connection: string; changes: RoutingChanges }) => {
      const rows = await dataOf(
        supabase()
          .from("payment_providers")
          .update(changes as never)
          .eq("organization_id", id)
          .eq("connection_id", connection)
          .select("connection_id"),
      );
      // Row-level security answers with nothing where the role may not.
      if (rows.length === 0) throw new Problem("permission", "", "routing_not_changed");
    },
    onSettled: () => client.invalidateQueries({ queryKey: gatewayKeys.all(id) }),
  });
}
