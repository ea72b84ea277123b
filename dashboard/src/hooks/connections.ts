/** Connections: accounts at providers. Secrets are sealed here, in the browser, before they are sent. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { Problem } from "@/lib/problem";
import { useChange } from "./change";
import { finished } from "./operations";
import { type Arguments, dataOf, type Enum, type Row, rpc, supabase } from "@/lib/supabase";

export type Connection = Row<"integration_connections">;
export type Environment = Enum<"environment">;

export const connectionKeys = {
  all: (organizationId: string) => ["connections", organizationId] as const,
  list: (organizationId: string, environment: Environment | null) =>
    [...connectionKeys.all(organizationId), "list", environment] as const,
};

/** The organization's connections that are not cut, by name; live. `environment` null: both. */
export function useConnections(environment: Environment | null) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: connectionKeys.list(id, environment),
    queryFn: ({ signal }) => {
      let query = supabase()
        .from("integration_connections")
        .select("*")
        .eq("organization_id", id)
        .neq("status", "disconnected");
      if (environment) query = query.eq("environment", environment);
      return dataOf(query.order("name").abortSignal(signal));
    },
    refetchInterval: every(LIST_MS),
  });
}

/** Names of all connections, those that are cut included: what they did stays to be seen. */
export function useConnectionNames() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...connectionKeys.all(id), "names"],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("integration_connections")
          .select("id, name, environment, status, provider_key")
          .eq("organization_id", id)
          .order("name")
          .abortSignal(signal),
      ),
    staleTime: LIST_MS,
  });
}

/** What the connect form asks for. */
export interface NewConnection {
  provider: string;
  environment: Environment;
  name: string;
  settings: Record<string, string | number | boolean>;
  /** In the clear: they are sealed before they leave the page, and kept nowhere. */
  credentials: Record<string, string>;
}

interface Connecting {
  wanted: NewConnection;
  /** What an earlier try made before it failed: it is gone on with. */
  made: Connection | null;
  /** Told as soon as the connection is there, whatever becomes of the rest. */
  onMade: (connection: Connection) => void;
  /** Whether its credentials can be tested yet; not before a consent. */
  test: boolean;
}

/** Make a connection, store its credentials sealed, and have a worker test them. Throws a `Problem` at what fails first. */
export function useConnect() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: async ({ wanted, made, onMade, test }: Connecting): Promise<void> => {
      const { provider, environment, name, settings } = wanted;
      const connection = made
        ? await rpc("update_connection", { connection_id: made.id, name, settings })
        : await rpc("create_connection", { provider, environment, name, settings, organization_id: id });
      onMade(connection);
      await storeCredentials(connection, wanted.credentials);
      if (test) await finished(await rpc("test_connection", { connection_id: connection.id }));
    },
    onSettled: () => client.invalidateQueries({ queryKey: connectionKeys.all(id) }),
  });
}

/** Begin the consent of a connection by OAuth; answers with the address to go to. */
export function useStartConsent() {
  return useMutation({
    mutationFn: async (args: { connection_id: string; return_url: string }): Promise<string> => {
      const { result } = await finished(await rpc("start_oauth", args));
      const address = (result as { authorization_url?: unknown } | null)?.authorization_url;
      if (typeof address !== "string")
        throw new Problem("server", "The hub gave no address to consent at.", "no_address");
      return address;
    },
  });
}

/** Seal credentials to the hub's key and store them, all or none. */
export async function storeCredentials(
  connection: Pick<Connection, "id" | "organization_id">,
  credentials: Record<string, string>,
): Promise<void> {
  const named = Object.entries(credentials);
  if (named.length === 0) return;
  // Fetched only by those who connect something.
  const { sealCredential } = await import("@/lib/sealing");
  const seal = async () => {
    const key = await encryptionKey(connection.organization_id);
    return Promise.all(
      named.map(([name, secret]) => sealCredential(key, connection.organization_id, connection.id, name, secret)),
    );
  };
  const store = async () =>
    rpc("set_credentials", { connection_id: connection.id, credentials: (await seal()) as never });
  try {
    await store();
  } catch (reason) {
    if (!(reason instanceof Problem) || reason.code !== STALE_KEY) throw reason;
    await store(); // The key was rotated in between.
  }
}

/** The key that something was sealed to has been rotated: seal it anew. */
export const STALE_KEY = "encryption_key_not_active";

/** The key to seal to: the organization's own where it has one, else the hub's. */
export async function encryptionKey(organizationId: string) {
  const keys = await dataOf(
    supabase()
      .from("encryption_keys")
      .select("id, algorithm, public_key")
      .eq("state", "active")
      .or(`organization_id.is.null,organization_id.eq.${organizationId}`)
      .order("organization_id", { nullsFirst: false })
      .limit(1),
  );
  const key = keys[0];
  if (!key) throw new Problem("conflict", "The hub has no active encryption key to seal to.", STALE_KEY);
  return key;
}

/** Change a connection; what is left out stays as it is. */
export function useUpdateConnection() {
  const { id } = useOrganization();
  return useChange(connectionKeys.all(id), (args: Arguments<"update_connection">) => rpc("update_connection", args));
}

/** Ask the provider whether the credentials are good, and wait for the answer; throws a `Problem` when they are not. */
export function useTestConnection() {
  const { id } = useOrganization();
  return useChange(connectionKeys.all(id), async (connectionId: string) =>
    finished(await rpc("test_connection", { connection_id: connectionId })),
  );
}

/** Seal other credentials and store them, and have them tested. */
export function useReplaceCredentials() {
  const { id } = useOrganization();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({
      connection,
      credentials,
    }: {
      connection: Connection;
      credentials: Record<string, string>;
    }) => {
      await storeCredentials(connection, credentials);
      return finished(await rpc("test_connection", { connection_id: connection.id }));
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: connectionKeys.all(id) }),
        client.invalidateQueries({ queryKey: ["credentials", id] }),
      ]),
    gcTime: 0,
  });
}

/** Erase a connection's credentials and end its use; what it did stays. */
export function useDisconnect() {
  const { id } = useOrganization();
  return useChange(connectionKeys.all(id), (connectionId: string) =>
    rpc("disconnect_connection", { connection_id: connectionId }),
  );
}
