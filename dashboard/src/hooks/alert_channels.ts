/** Channels that alerts are sent to. URLs and signing secrets are sealed here, in the browser, for the channel alone. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { Problem } from "@/lib/problem";
import { dataOf, type Row, rpc, supabase } from "@/lib/supabase";
import { useChange } from "./change";
import { encryptionKey, STALE_KEY } from "./connections";
import { finished } from "./operations";
import { newSecret } from "./subscriptions";

export type Channel = Row<"alert_channels">;
export const KINDS = ["email", "webhook", "slack", "teams", "in_app"] as const;
export type Kind = (typeof KINDS)[number];

/** What a person may say of a channel. */
export type ChannelFields = Pick<
  Channel,
  | "name"
  | "language"
  | "minimum_severity"
  | "kinds"
  | "connection_id"
  | "only_escalations"
  | "repeat_minutes"
  | "enabled"
>;

/** Also of the names that others show (`ruleKeys.channels`). */
export const channelKeys = { all: (organizationId: string) => ["alert_channels", organizationId] as const };

/** All channels, by name; live. */
export function useChannels() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...channelKeys.all(id), "list"],
    queryFn: ({ signal }) =>
      dataOf(supabase().from("alert_channels").select("*").eq("organization_id", id).order("name").abortSignal(signal)),
    refetchInterval: every(LIST_MS),
  });
}

/** Whether channels of a kind lead to a URL, which is secret. */
export function hasUrl(kind: string): boolean {
  return kind === "webhook" || kind === "slack" || kind === "teams";
}

/** A URL that can be sent to; null: it is none. */
export function urlOf(text: string): URL | null {
  const url = URL.parse(text.trim());
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "" ? url : null;
}

interface NewChannel extends ChannelFields {
  kind: Kind;
  /** Of an e-mail channel: up to ten, separated by commas. */
  addresses: string;
  /** Of the others but the inbox. */
  url: string;
}

/** What is told once: the secret that a webhook's messages are signed with. */
export interface MadeChannel {
  channel: Channel;
  signingSecret: string | null;
}

/**
 * Make a channel, and set its URL and, for a webhook, a new signing secret. One whose URL is refused is removed again.
 * The answer is kept by no cache: who asked has the secret until the dialog closes.
 */
export function useCreateChannel() {
  const { id } = useOrganization();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ addresses, url, ...fields }: NewChannel): Promise<MadeChannel> => {
      const channel = await dataOf<Channel>(
        supabase()
          .from("alert_channels")
          .insert({ ...fields, organization_id: id, target: fields.kind === "email" ? addresses.trim() : null })
          .select()
          .single(),
      );
      if (!hasUrl(fields.kind)) return { channel, signingSecret: null };
      const signingSecret = fields.kind === "webhook" ? newSecret() : null;
      try {
        return { channel: await setSecrets(channel, url, signingSecret), signingSecret };
      } catch (reason) {
        await dataOf(supabase().from("alert_channels").delete().eq("id", channel.id).select("id"));
        throw reason;
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: channelKeys.all(id) }),
    gcTime: 0,
  });
}

/** Change a channel; an e-mail channel's addresses are its target. */
export function useUpdateChannel() {
  const { id: organizationId } = useOrganization();
  return useChange(
    channelKeys.all(organizationId),
    ({ id, ...changes }: { id: string; target?: string } & Partial<ChannelFields>) =>
      dataOf(supabase().from("alert_channels").update(changes).eq("id", id).select("id").single()),
  );
}

/** Set another URL, and for a webhook, if wanted, another signing secret, which is returned. */
export function useReplaceUrl() {
  const { id } = useOrganization();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ channel, url, renew }: { channel: Channel; url: string; renew: boolean }) => {
      const signingSecret = renew ? newSecret() : null;
      return { channel: await setSecrets(channel, url, signingSecret), signingSecret };
    },
    onSettled: () => client.invalidateQueries({ queryKey: channelKeys.all(id) }),
    gcTime: 0,
  });
}

async function setSecrets(
  channel: Pick<Channel, "id" | "organization_id">,
  url: string,
  signingSecret: string | null,
): Promise<Channel> {
  const target = urlOf(url);
  if (!target) throw new Problem("invalid", "The URL begins with https:// and names no user.", "invalid_url", "url");
  const { sealCredential } = await import("@/lib/sealing");
  const secrets = [["url", url.trim()], ...(signingSecret === null ? [] : [["signing_secret", signingSecret]])] as [
    string,
    string,
  ][];
  const store = async () => {
    const key = await encryptionKey(channel.organization_id);
    const credentials = await Promise.all(
      secrets.map(async ([name, secret]) => ({
        ...(await sealCredential(key, channel.organization_id, channel.id, name, secret)),
        // Of a URL the host may be seen.
        hint: name === "url" ? target.host : null,
      })),
    );
    return rpc("set_alert_channel_secrets", { channel_id: channel.id, credentials });
  };
  try {
    return await store();
  } catch (reason) {
    if (!(reason instanceof Problem) || reason.code !== STALE_KEY) throw reason;
    return store(); // The key was rotated in between.
  }
}

/** Remove a channel, and with it its escalations and what it still waited to send. */
export function useRemoveChannel() {
  const { id } = useOrganization();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (channelId: string) =>
      dataOf(supabase().from("alert_channels").delete().eq("id", channelId).select("id").single()),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: channelKeys.all(id) }),
        client.invalidateQueries({ queryKey: ["alert_escalations", id] }),
      ]),
  });
}

/** Have a message sent now; ends when it has got through, and throws a `Problem` when it has not. */
export function useTestChannel() {
  const { id } = useOrganization();
  return useChange(channelKeys.all(id), async (channelId: string) =>
    finished(await rpc("test_alert_channel", { channel_id: channelId })),
  );
}
