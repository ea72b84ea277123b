/** The pages, in order: the one source of the side navigation, the command palette and the tests. */
import {
  ChartColumn,
  CodeXml,
  CreditCard,
  FlaskConical,
  Gauge,
  Megaphone,
  Package,
  Settings,
  Share2,
  Webhook,
} from "lucide-react";
import type { LucideIcon } from "lucide-react";

export interface Page {
  /** Also the key of its name in common.json, `pages`, and of its own texts. */
  key: string;
  /** The route below the organization. */
  to: string;
  icon: LucideIcon;
}

export const PAGES = [
  { key: "overview", to: "/o/$slug", icon: Gauge },
  { key: "payments", to: "/o/$slug/payments", icon: CreditCard },
  { key: "shipping", to: "/o/$slug/shipping", icon: Package },
  { key: "social", to: "/o/$slug/social", icon: Share2 },
  { key: "marketing", to: "/o/$slug/marketing", icon: Megaphone },
  { key: "developers", to: "/o/$slug/developers", icon: CodeXml },
  { key: "testing", to: "/o/$slug/testing", icon: FlaskConical },
  { key: "webhooks", to: "/o/$slug/webhooks", icon: Webhook },
  { key: "analytics", to: "/o/$slug/analytics", icon: ChartColumn },
  { key: "settings", to: "/o/$slug/settings", icon: Settings },
] as const satisfies readonly Page[];

export type PageKey = (typeof PAGES)[number]["key"];
