/** Which gateway takes which payment: the policy of each environment, and trying it out. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod/mini";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { type Arguments, dataOf, type Enum, rpc, supabase } from "@/lib/supabase";
import type { Environment } from "./connections";
import { failureOf, settled } from "./operations";

export type RoutingRule = Enum<"payment_routing_rule">;
export const RULES = ["priority", "weighted", "lowest_fee"] as const satisfies readonly RoutingRule[];

const rule = z.enum(RULES);
const list = z.optional(z.nullable(z.array(z.string())));
const amount = z.optional(z.nullable(z.string()));

const caseSchema = z.object({
  name: z.string(),
  when: z.optional(
    z.nullable(
      z.object({ currencies: list, countries: list, methods: list, minimum_amount: amount, maximum_amount: amount }),
    ),
  ),
  rule: z.optional(z.nullable(rule)),
  connections: list,
  exclusive: z.optional(z.nullable(z.boolean())),
});

/** An exception: the first one that a payment meets counts. */
export type PolicyCase = z.infer<typeof caseSchema>;

export interface Policy {
  environment: Environment;
  /** 0: nobody has set one. */
  version: number;
  rule: RoutingRule;
  cases: PolicyCase[];
  failover: boolean;
  updated_at: string | null;
}

const routingKeys = {
  policies: (organizationId: string) => ["payment_policies", organizationId] as const,
};

/** The policy of an environment where nobody has set one. */
export function unsetPolicy(environment: Environment): Policy {
  return { environment, version: 0, rule: "priority", cases: [], failover: true, updated_at: null };
}

/** Those that somebody has set; live. */
export function usePolicies() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: routingKeys.policies(id),
    queryFn: async ({ signal }): Promise<Policy[]> => {
      const rows = await dataOf(
        supabase()
          .from("payment_policies")
          .select("environment, version, rule, cases, failover, updated_at")
          .eq("organization_id", id)
          .abortSignal(signal),
      );
      return rows.map((row) => ({ ...row, cases: z.array(caseSchema).parse(row.cases) }));
    },
    refetchInterval: every(LIST_MS),
  });
}

/** Replace a policy, unless somebody has changed it since it was read. */
export function useSetPolicy() {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn: ({ environment, rule, cases, failover, version }: Omit<Policy, "updated_at">) =>
      rpc("set_payment_policy", {
        environment,
        rule,
        cases,
        failover,
        expected_version: version,
        organization_id: id,
      }),
    onSettled: () => client.invalidateQueries({ queryKey: routingKeys.policies(id) }),
  });
}

const routed = z.object({
  connection_id: z.string(),
  provider: z.optional(z.string()),
  name: z.optional(z.string()),
  priority: z.optional(z.number()),
  fee: z.optional(z.nullable(z.string())),
});
const skipped = z.object({ connection_id: z.string(), provider: z.string(), reason: z.string() });

const routeSchema = z.object({
  chosen: routed,
  rule: z.string(),
  reason: z.optional(z.string()),
  policy: z.optional(z.object({ version: z.optional(z.number()), case: z.optional(z.nullable(z.string())) })),
  refused_for_now: z.optional(
    z.array(z.object({ connection_id: z.string(), error: z.optional(z.object({ message: z.optional(z.string()) })) })),
  ),
  next: z.optional(z.array(routed)),
  skipped: z.optional(z.array(skipped)),
});

/** Why a payment takes a gateway: the answer of a try, or what an operation says of itself. */
export type Route = z.infer<typeof routeSchema>;
export type Skipped = z.infer<typeof skipped>;

/** What an operation says of the choice; null where there was none. */
export function routeOf(why: unknown): Route | null {
  const parsed = routeSchema.safeParse(why);
  return parsed.success ? parsed.data : null;
}

/** The gateway that would take a payment, or why none can. */
export type Trial = { route: Route } | { route: null; skipped: Skipped[] };

/** Ask which gateway a payment would take. Nothing is sent to any. */
export function useTryRoute() {
  const { id } = useOrganization();
  return useMutation({
    mutationFn: async (args: Omit<Arguments<"route_payment">, "organization_id">): Promise<Trial> => {
      const operation = await settled(await rpc("route_payment", { ...args, organization_id: id }));
      const route = routeOf(operation.result);
      if (operation.status === "succeeded" && route) return { route };
      const error = z
        .object({ code: z.literal("no_connection"), skipped: z.catch(z.array(skipped), []) })
        .safeParse(operation.error);
      if (!error.success) throw failureOf(operation);
      return { route: null, skipped: error.data.skipped };
    },
  });
}
