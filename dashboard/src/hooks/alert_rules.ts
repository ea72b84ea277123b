/** Rules: what is measured, and from where on it is a trouble; and whom to tell of what nobody has acknowledged. */
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, FIGURES_MS } from "@/lib/live";
import { dataOf, type Row, supabase } from "@/lib/supabase";
import type { Severity } from "./alerts";
import { useChange } from "./change";

export type AlertRule = Row<"alert_rules">;
export type Escalation = Row<"alert_escalations">;

/** What a form says of a rule; null: the metric's default, or of all connections. */
export interface RuleParameters {
  name: string;
  threshold: number | null;
  recover_at: number | null;
  window_minutes: number | null;
  minimum_calls: number | null;
  percentile: number | null;
  for_seconds: number | null;
  severity: Severity | null;
  connection_id: string | null;
  provider_key: string | null;
  environment: AlertRule["environment"];
}

export const ruleKeys = {
  all: (organizationId: string) => ["alert_rules", organizationId] as const,
  escalations: (organizationId: string) => ["alert_escalations", organizationId] as const,
  channels: (organizationId: string) => ["alert_channels", organizationId, "names"] as const,
};

/** All rules, by name. */
export function useAlertRules() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ruleKeys.all(id),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("alert_rules")
          .select("*, connection:integration_connections(name)")
          .eq("organization_id", id)
          .order("name")
          .order("id")
          .abortSignal(signal),
      ),
    refetchInterval: every(FIGURES_MS),
  });
}

/** Make a rule; what is null is the metric's default, which the database fills in. */
export function useCreateRule() {
  const { id } = useOrganization();
  return useChange(ruleKeys.all(id), ({ metric, ...parameters }: RuleParameters & { metric: string }) =>
    dataOf(
      supabase()
        .from("alert_rules")
        .insert({ ...parameters, metric, organization_id: id } as never)
        .select()
        .single(),
    ),
  );
}

/** Change a rule, or switch it on or off. */
export function useUpdateRule() {
  const { id: organizationId } = useOrganization();
  return useChange(
    ruleKeys.all(organizationId),
    ({ id, ...changes }: { id: string; enabled?: boolean } & Partial<RuleParameters>) =>
      dataOf(
        supabase()
          .from("alert_rules")
          .update(changes as never)
          .eq("id", id)
          .select()
          .single(),
      ),
  );
}

/** Remove a rule, and end its alerts. */
export function useDeleteRule() {
  const { id } = useOrganization();
  return useChange(ruleKeys.all(id), (ruleId: string) =>
    dataOf(supabase().from("alert_rules").delete().eq("id", ruleId).select().single()),
  );
}

/** Whom to tell of what nobody has acknowledged, the soonest first. */
export function useEscalations() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ruleKeys.escalations(id),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("alert_escalations")
          .select("*, channel:alert_channels!inner(name, kind)")
          .eq("organization_id", id)
          .order("after_minutes")
          .order("id")
          .abortSignal(signal),
      ),
    refetchInterval: every(FIGURES_MS),
  });
}

/** The channels that can be told, by name. */
export function useChannelNames() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ruleKeys.channels(id),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("alert_channels")
          .select("id, name, kind, enabled, only_escalations")
          .eq("organization_id", id)
          .order("name")
          .abortSignal(signal),
      ),
  });
}

export function useAddEscalation() {
  const { id } = useOrganization();
  return useChange(
    ruleKeys.escalations(id),
    (escalation: Pick<Escalation, "channel_id" | "after_minutes" | "minimum_severity">) =>
      dataOf(
        supabase()
          .from("alert_escalations")
          .insert({ ...escalation, organization_id: id })
          .select()
          .single(),
      ),
  );
}

export function useRemoveEscalation() {
  const { id } = useOrganization();
  return useChange(ruleKeys.escalations(id), (escalationId: string) =>
    dataOf(supabase().from("alert_escalations").delete().eq("id", escalationId).select().single()),
  );
}
