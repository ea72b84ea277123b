/** Social networks: what each takes of a post, as its manifest says, and what the hub can do there. */
import { useQuery } from "@tanstack/react-query";
import { z } from "zod/mini";
import { dataOf, supabase } from "@/lib/supabase";

const amount = z.optional(z.nullable(z.number()));
const mediaSchema = z.object({
  most: z.number(),
  types: z.catch(z.array(z.string()), []),
  most_bytes: amount,
  most_seconds: amount,
  least_seconds: amount,
});
const formatSchema = z.object({
  format: z.enum(["post", "reel", "story"]),
  longest_text: z.number(),
  most_hashtags: amount,
  needs_media: z.catch(z.boolean(), false),
  mixes_media: z.catch(z.boolean(), false),
  images: z.optional(z.nullable(mediaSchema)),
  videos: z.optional(z.nullable(mediaSchema)),
  links: z.catch(z.boolean(), false),
});
const factsSchema = z.object({
  formats: z.array(formatSchema),
  longest_comment: z.number(),
  posts_per_day: amount,
});

export type PostFormat = z.infer<typeof formatSchema>["format"];
export type PostLimits = z.infer<typeof formatSchema>;
export type MediaLimits = z.infer<typeof mediaSchema>;

export interface Network extends z.infer<typeof factsSchema> {
  key: string;
  name: string;
  capabilities: string[];
  /** Whether it can be connected now. */
  enabled: boolean;
}

/** All networks by their keys; they change only with the hub itself. */
export function useNetworks() {
  return useQuery({ queryKey: ["networks"], queryFn: ({ signal }) => fetchNetworks(signal), staleTime: Infinity });
}

async function fetchNetworks(signal: AbortSignal): Promise<Map<string, Network>> {
  const rows = await dataOf(
    supabase()
      .from("integration_providers")
      .select("key, name, capabilities, enabled, social")
      .eq("category", "social")
      .not("social", "is", null)
      .order("name")
      .abortSignal(signal),
  );
  return new Map(rows.map(({ social, ...row }) => [row.key, { ...row, ...factsSchema.parse(social) }]));
}
