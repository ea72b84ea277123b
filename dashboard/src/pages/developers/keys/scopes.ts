/** What an API key may be allowed: the areas that row-level security and the functions ask for. */

/** Each area, and what of it there is to allow. */
export const AREAS = {
  payments: ["read", "write"],
  shipments: ["read", "write"],
  social: ["read", "write"],
  leads: ["read", "write"],
  automations: ["read", "write"],
  events: ["read", "write"],
  webhooks: ["read", "write"],
  connections: ["read", "write"],
  operations: ["read", "write"],
  logs: ["read"],
  analytics: ["read"],
  alerts: ["read", "write"],
  organization: ["read", "write"],
  privacy: ["read", "write"],
} as const satisfies Record<string, readonly ("read" | "write")[]>;

export type Area = keyof typeof AREAS;
export type Deed = "read" | "write";
export const AREA_NAMES = Object.keys(AREAS) as Area[];

/** Whether an area has that to allow. */
export function offers(area: Area, deed: Deed): boolean {
  return (AREAS[area] as readonly Deed[]).includes(deed);
}

/** What is ticked: all of it, or single ones such as `payments:read`. */
export interface Choice {
  all: boolean;
  some: ReadonlySet<string>;
}

/** As the hub takes them: `*`, or `payments:*` where an area is ticked whole. */
export function scopesOf({ all, some }: Choice): string[] {
  if (all) return ["*"];
  return AREA_NAMES.flatMap((area) => {
    const ticked = AREAS[area].filter((deed) => some.has(`${area}:${deed}`));
    const whole = ticked.length === AREAS[area].length && ticked.length > 1;
    return whole ? [`${area}:*`] : ticked.map((deed) => `${area}:${deed}`);
  });
}

/** The same choice with one of it turned over. */
export function toggled({ some }: Choice, scope: string): Choice {
  const next = new Set(some);
  if (!next.delete(scope)) next.add(scope);
  return { all: false, some: next };
}
