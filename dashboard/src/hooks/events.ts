/** What happened, as it is told to automations and subscriptions. */
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { dataOf, supabase } from "@/lib/supabase";
import type { Environment } from "./connections";

/** The last events, newest first; live. */
export function useRecentEvents(most: number, environment: Environment | null) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["events", id, "recent", most, environment],
    queryFn: ({ signal }) => {
      let query = supabase()
        .from("events")
        .select("id, type, subject_type, subject_id, environment, created_at")
        .eq("organization_id", id);
      if (environment) query = query.eq("environment", environment);
      return dataOf(query.order("created_at", { ascending: false }).limit(most).abortSignal(signal));
    },
    refetchInterval: every(LIST_MS),
  });
}

/** The last events as subscriptions are told of them: conditions are about such messages. */
export function useEventMessages(most: number) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["events", id, "messages", most],
    queryFn: async ({ signal }) => {
      const rows = await dataOf(
        supabase()
          .from("events")
          .select("id, type, occurred_at, organization_id, environment, subject_type, subject_id, data")
          .eq("organization_id", id)
          .order("created_at", { ascending: false })
          .limit(most)
          .abortSignal(signal),
      );
      return rows.map(({ occurred_at, ...row }) => ({ ...row, timestamp: occurred_at }));
    },
    staleTime: LIST_MS,
  });
}

/** The last event of a type that happened to the organization, whole; null: none is kept. */
export function useLastEvent(type: string, environment: Environment | null) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["events", id, "last", type, environment],
    queryFn: async ({ signal }) => {
      let query = supabase()
        .from("events")
        .select("id, type, subject_type, subject_id, environment, data, occurred_at, organization_id")
        .eq("organization_id", id);
      // What follows `track.` is chosen by who tracks it.
      query = type.endsWith(".*") ? query.like("type", `${type.slice(0, -1)}%`) : query.eq("type", type);
      if (environment) query = query.eq("environment", environment);
      const rows = await dataOf(query.order("created_at", { ascending: false }).limit(1).abortSignal(signal));
      return rows[0] ?? null;
    },
    staleTime: 30_000,
  });
}

/** What happened to one thing, such as a lead, the newest first; live. */
export function useEventsAbout(subjectType: string, subjectId: string, most: number) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["events", id, "about", subjectType, subjectId, most],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("events")
          .select("id, type, source, data, occurred_at, created_at")
          .eq("organization_id", id)
          .eq("subject_type", subjectType)
          .eq("subject_id", subjectId)
          .order("created_at", { ascending: false })
          .limit(most)
          .abortSignal(signal),
      ),
    refetchInterval: every(LIST_MS),
  });
}

const EVENTS_SHOWN = 10;

/** The last events of some types, `payment.*` and `*` among them, the newest first. */
export function useRecentEventsOf(patterns: readonly string[]) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["events", id, "of", patterns],
    queryFn: ({ signal }) => {
      let query = supabase().from("events").select("id, type, created_at").eq("organization_id", id);
      if (!patterns.includes("*")) query = query.or(patterns.map(ofPattern).join(","));
      return dataOf(query.order("created_at", { ascending: false }).limit(EVENTS_SHOWN).abortSignal(signal));
    },
    refetchInterval: every(LIST_MS),
  });
}

function ofPattern(pattern: string): string {
  return pattern.endsWith(".*") ? `type.like.${pattern}` : `type.eq.${pattern}`;
}
