/** How shipping is set up: carriers and their rules, and where is shipped from. */
import { useMemo } from "react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { givenName } from "@/lib/connection_name";
import { every, FIGURES_MS } from "@/lib/live";
import { type Arguments, countOf, dataOf, type Row, rpc, supabase } from "@/lib/supabase";
import type { Database } from "@/lib/database";
import { type Connection, type Environment, useConnectionNames, useConnections } from "./connections";
import { type Provider, useProviders } from "./providers";
import { UNDER_WAY } from "./shipments";

export type CarrierRules = Row<"shipping_providers">;
export type CarrierChanges = Database["public"]["Tables"]["shipping_providers"]["Update"];
export type ShippingLocation = Row<"shipping_locations">;

const FIGURE_DAYS = 30;
const DAY_MS = 86_400_000;

export const shippingKeys = {
  rules: (organizationId: string) => ["shipping_providers", organizationId] as const,
  locations: (organizationId: string) => ["shipping_locations", organizationId] as const,
  figures: (organizationId: string, connections: readonly string[]) =>
    ["carrier_figures", organizationId, connections] as const,
};

/** A connection to a carrier, with what it can do. */
export interface Carrier {
  connection: Connection;
  provider: Provider | undefined;
  can: (capability: string) => boolean;
}

/** The organization's connections to carriers, by name; live. */
export function useCarriers(environment: Environment | null) {
  const connections = useConnections(environment);
  const providers = useProviders();
  // Until both are there, it is not known which of the connections are carriers'.
  const data = connections.data && providers.data ? carriersOf(connections.data, providers.data) : undefined;
  return {
    data,
    error: connections.error ?? providers.error,
    isPending: connections.isPending || providers.isPending,
    refetch: () => Promise.all([connections.refetch(), providers.refetch()]),
  };
}

/** Those connections that are carriers'. */
export function carriersOf(connections: readonly Connection[], providers: readonly Provider[]): Carrier[] {
  const shipping = new Map(providers.filter(({ category }) => category === "shipping").map((each) => [each.key, each]));
  return connections.flatMap((connection) => {
    const provider = shipping.get(connection.provider_key);
    if (!provider) return [];
    return [{ connection, provider, can: (capability) => provider.capabilities.includes(capability) }];
  });
}

/** What a carrier's connection is called, and whether it is cut: its shipments keep it. */
export interface CarrierName {
  name: string;
  cut: boolean;
}

/** Names of all connections by their id, once they are known. */
export function useCarrierNames(): ReadonlyMap<string, CarrierName> | undefined {
  const { data } = useConnectionNames();
  return useMemo(
    () =>
      data &&
      new Map(data.map(({ id, name, status }) => [id, { name: givenName(name), cut: status === "disconnected" }])),
    [data],
  );
}

/** How each carrier's connection is used, by the connection's id. */
export function useCarrierRules() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: shippingKeys.rules(id),
    queryFn: async ({ signal }) => {
      const rows = await dataOf(
        supabase().from("shipping_providers").select("*").eq("organization_id", id).abortSignal(signal),
      );
      return new Map(rows.map((row) => [row.connection_id, row]));
    },
  });
}

/** Change how a carrier's connection is used; what is not named stays. */
export function useChangeCarrier() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: ({ connection_id, changes }: { connection_id: string; changes: CarrierChanges }) =>
      dataOf(
        supabase()
          .from("shipping_providers")
          .update(changes)
          .eq("organization_id", id)
          .eq("connection_id", connection_id)
          .select()
          .single(),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: shippingKeys.rules(id) }),
  });
}

/** Shipments of a carrier: those on their way now, and what became of those made in the last thirty days. */
export interface CarrierFigures {
  underWay: number;
  made: number;
  delivered: number;
  exceptions: number;
}

/** Counts by connection; read again every half minute. */
export function useCarrierFigures(connections: readonly string[]) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: shippingKeys.figures(id, connections),
    enabled: connections.length > 0,
    queryFn: async ({ signal }) => {
      const since = new Date(Date.now() - FIGURE_DAYS * DAY_MS).toISOString();
      const figures = async (connection: string): Promise<[string, CarrierFigures]> => {
        const counted = () =>
          supabase()
            .from("shipments")
            .select("id", { count: "exact", head: true })
            .eq("organization_id", id)
            .eq("connection_id", connection)
            .abortSignal(signal);
        const [underWay, made, delivered, exceptions] = await Promise.all([
          countOf(counted().in("status", UNDER_WAY)),
          countOf(counted().gte("created_at", since).not("status", "in", "(pending,failed,cancelled)")),
          countOf(counted().gte("created_at", since).eq("status", "delivered")),
          countOf(counted().eq("status", "exception")),
        ]);
        return [connection, { underWay, made, delivered, exceptions }];
      };
      return new Map(await Promise.all(connections.map(figures)));
    },
    refetchInterval: every(FIGURES_MS),
  });
}

/** Where the organization ships from, by name; the default one first. */
export function useLocations() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: shippingKeys.locations(id),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("shipping_locations")
          .select("*")
          .eq("organization_id", id)
          .order("is_default", { ascending: false })
          .order("name")
          .abortSignal(signal),
      ),
  });
}

/** Add a location, or replace the one of that name; `replaces`: one that had another name, which is deleted after. */
export function useSaveLocation() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: async ({
      replaces,
      ...args
    }: Omit<Arguments<"set_shipping_location">, "organization_id"> & { replaces?: string | undefined }) => {
      const location = await rpc("set_shipping_location", { ...args, organization_id: id });
      if (replaces && replaces !== location.id) await rpc("delete_shipping_location", { location_id: replaces });
      return location;
    },
    onSettled: () => client.invalidateQueries({ queryKey: shippingKeys.locations(id) }),
  });
}

/** Delete a location; shipments from there keep their address. */
export function useDeleteLocation() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: (args: Arguments<"delete_shipping_location">) => rpc("delete_shipping_location", args),
    onSettled: () => client.invalidateQueries({ queryKey: shippingKeys.locations(id) }),
  });
}
