/** The marketing tools that are connected, in the environment that is looked at. */
import { useMemo } from "react";
import { useEnvironment } from "@/app/organization_route";
import { type Connection, useConnections } from "@/hooks/connections";
import { type Provider, useProviders } from "@/hooks/providers";

export interface Tool {
  connection: Connection;
  provider: Provider;
}

/** The tools as a query's result, by name; and all connections by id, whatever the environment. */
export function useTools() {
  const environment = useEnvironment();
  const connections = useConnections(null);
  const providers = useProviders();
  const tools = useMemo(() => {
    if (!connections.data || !providers.data) return undefined;
    const of = new Map(providers.data.map((provider) => [provider.key, provider]));
    return connections.data.flatMap((connection): Tool[] => {
      const provider = of.get(connection.provider_key);
      return provider?.category === "marketing" && (!environment || connection.environment === environment)
        ? [{ connection, provider }]
        : [];
    });
  }, [connections.data, providers.data, environment]);
  const byId = useMemo(
    () => new Map((connections.data ?? []).map((connection) => [connection.id, connection])),
    [connections.data],
  );
  return {
    data: tools,
    error: connections.error ?? providers.error,
    isPending: connections.isPending || providers.isPending,
    refetch: () => Promise.all([connections.refetch(), providers.refetch()]),
    byId,
    environment,
  };
}

/** The ids to filter rows by so that they are of the environment; null: any. */
export function useToolFilter(connection: string | undefined): readonly string[] | null {
  const { data, environment } = useTools();
  return useMemo(() => {
    if (connection !== undefined) return [connection];
    return environment ? (data ?? []).map((tool) => tool.connection.id) : null;
  }, [connection, data, environment]);
}
