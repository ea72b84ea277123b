/** The operations that can be tried: what each needs of a connector, what it asks, and the call that it makes. */
import type { RpcName } from "@/lib/supabase";
import type { SubjectKind } from "@/hooks/test_subjects";

export type AskName =
  | "account_ids"
  | "amount"
  | "attributes"
  | "capture_method"
  | "client_id"
  | "connection_ids"
  | "consents"
  | "currency"
  | "customer"
  | "description"
  | "email"
  | "first_name"
  | "items"
  | "media"
  | "name"
  | "parcels"
  | "payment_id"
  | "payment_method"
  | "place"
  | "properties"
  | "recipient"
  | "reason"
  | "reference"
  | "return_url"
  | "sender"
  | "service"
  | "shipment_id"
  | "stream"
  | "text";

/** One question of an operation's form. An answer that is left empty is left out of the call. */
export interface Ask {
  name: AskName;
  kind: "text" | "choice" | "json" | "subject";
  /** What stands there at first; JSON as text. */
  value: string;
  choices?: readonly string[];
  subject?: SubjectKind;
  /** States of subjects that it can be done to; left out: all. */
  states?: readonly string[];
  required?: boolean;
}

export type ActionKey =
  | "create_payment"
  | "capture_payment"
  | "refund_payment"
  | "cancel_payment"
  | "sync_payment"
  | "quote_shipment"
  | "create_shipment"
  | "track_shipment"
  | "cancel_shipment"
  | "check_delivery_address"
  | "publish_post"
  | "refresh_accounts"
  | "track_event"
  | "upsert_lead"
  | "run_sync";

export interface TestAction {
  /** The RPC's name, too. */
  key: ActionKey & RpcName;
  /** The capability of the connector that it takes. */
  needs: string;
  /** The kind of the operation that carries it out; null: workers do it beside all operations. */
  operation: string | null;
  asks: (provider: string) => readonly Ask[];
  /** How the call names the connection. */
  names: "connection_id" | "connection_ids" | null;
  /** Whether the call is told apart from its repeats by an idempotency key. */
  keyed: boolean;
}

const WAREHOUSE = {
  name: "Sara Khan",
  company: "Test Trading LLC",
  phone: "+971501110001",
  line1: "Warehouse 4, Al Quoz 3",
  area: "Al Quoz",
  city: "Dubai",
  country: "AE",
};
const RECIPIENT = {
  name: "Omar Ali",
  phone: "+971501110002",
  line1: "Villa 12, Khalifa City",
  area: "Khalifa City",
  city: "Abu Dhabi",
  country: "AE",
};
const PARCELS = [{ weight_kg: "1.2", length_cm: 30, width_cm: 20, height_cm: 10 }];
const CUSTOMER = { name: "Sara Khan", email: "sara@example.ae", phone: "+971501110001" };

/**
 * Providers' own test tokens, which their sandboxes (and this repository's) know; none is a card number. Empty: the payer
 * goes to the gateway's page.
 */
const TEST_CARDS: Record<string, readonly string[]> = {
  stripe: [
    "pm_card_visa",
    "pm_card_visa_chargeDeclined",
    "pm_card_visa_chargeDeclinedInsufficientFunds",
    "pm_card_threeDSecureRequired",
    "pm_card_createDispute",
    "",
  ],
  checkout: ["tok_approved000000000000000000", "tok_declined20051aaaaaaaaaaaaa", "tok_challenge00000000000000000", ""],
  tap: ["tok_approved00000000", "tok_declined505000", "tok_challenge000000", ""],
};

const text = (name: AskName, value = "", required = false): Ask => ({ name, kind: "text", value, required });
const json = (name: AskName, value: unknown, required = false): Ask => ({
  name,
  kind: "json",
  value: value === null ? "" : JSON.stringify(value, null, 2),
  required,
});
const choice = (name: AskName, choices: readonly string[]): Ask => ({
  name,
  kind: "choice",
  value: choices[0] ?? "",
  choices,
});
const subject = (name: AskName, kind: SubjectKind, states?: readonly string[]): Ask => ({
  name,
  kind: "subject",
  value: "",
  subject: kind,
  required: true,
  ...(states ? { states } : {}),
});
const reference = () => text("reference", `test-${Date.now().toString(36)}`, true);

export const ACTIONS: readonly TestAction[] = [
  {
    key: "create_payment",
    needs: "takes_payments",
    operation: "payment.create",
    names: "connection_id",
    keyed: true,
    asks: (provider) => [
      text("amount", "25.00", true),
      text("currency", provider === "paypal" ? "USD" : "AED", true),
      reference(),
      TEST_CARDS[provider] ? choice("payment_method", TEST_CARDS[provider]) : text("payment_method"),
      choice("capture_method", ["automatic", "manual"]),
      text("return_url", "https://shop.example.ae/thanks"),
      json("customer", CUSTOMER),
      json("items", [{ name: "Coffee", quantity: 1, unit_amount: "25.00" }]),
    ],
  },
  {
    key: "capture_payment",
    needs: "captures_payments",
    operation: "payment.capture",
    names: null,
    keyed: true,
    asks: () => [subject("payment_id", "payment", ["authorized", "partially_captured"]), text("amount")],
  },
  {
    key: "refund_payment",
    needs: "refunds_payments",
    operation: "payment.refund",
    names: null,
    keyed: true,
    asks: () => [
      subject("payment_id", "payment", ["captured", "partially_captured", "partially_refunded"]),
      text("amount"),
      text("reason", "requested_by_customer"),
    ],
  },
  {
    key: "cancel_payment",
    needs: "cancels_payments",
    operation: "payment.cancel",
    names: null,
    keyed: true,
    asks: () => [subject("payment_id", "payment", ["created", "pending", "requires_action", "authorized"])],
  },
  {
    key: "sync_payment",
    needs: "takes_payments",
    operation: "payment.sync",
    names: null,
    keyed: false,
    asks: () => [subject("payment_id", "payment")],
  },
  {
    key: "quote_shipment",
    needs: "quotes_rates",
    operation: "shipment.quote",
    names: "connection_ids",
    keyed: true,
    asks: () => [
      json("recipient", RECIPIENT, true),
      json("parcels", PARCELS, true),
      json("sender", WAREHOUSE),
      text("description", "Phone cases"),
    ],
  },
  {
    key: "create_shipment",
    needs: "ships_parcels",
    operation: "shipment.create",
    names: "connection_id",
    keyed: true,
    asks: () => [
      reference(),
      text("service"),
      text("description", "Phone cases"),
      json("recipient", RECIPIENT, true),
      json("parcels", PARCELS, true),
      json("sender", WAREHOUSE),
    ],
  },
  {
    key: "track_shipment",
    needs: "tracks_shipments",
    operation: null,
    names: null,
    keyed: false,
    asks: () => [subject("shipment_id", "shipment")],
  },
  {
    key: "cancel_shipment",
    needs: "cancels_shipments",
    operation: "shipment.cancel",
    names: null,
    keyed: true,
    asks: () => [subject("shipment_id", "shipment", ["created"])],
  },
  {
    key: "check_delivery_address",
    needs: "checks_addresses",
    operation: "address.check",
    names: "connection_id",
    keyed: false,
    asks: () => [json("place", { city: "Abu Dhabi", area: "Khalifa City", country: "AE" }, true)],
  },
  {
    key: "publish_post",
    needs: "publishes_posts",
    operation: "post.publish",
    names: null,
    keyed: true,
    asks: () => [
      subject("account_ids", "account"),
      text("text", `A try of ${new Date().toISOString().slice(0, 16)}`, true),
      json("media", []),
    ],
  },
  {
    key: "refresh_accounts",
    needs: "lists_accounts",
    operation: "account.list",
    names: "connection_id",
    keyed: false,
    asks: () => [],
  },
  {
    key: "track_event",
    needs: "tracks_events",
    operation: "event.track",
    names: "connection_ids",
    keyed: true,
    asks: () => [
      text("name", "sign_up", true),
      text("client_id", "1234567890.1234567890"),
      json("properties", { method: "test" }),
    ],
  },
  {
    key: "upsert_lead",
    needs: "keeps_contacts",
    operation: null,
    names: null,
    keyed: true,
    asks: () => [
      text("email", `test-${Date.now().toString(36)}@example.ae`, true),
      text("first_name", "Fatima"),
      json("consents", [{ purpose: "marketing_email", state: "given" }]),
    ],
  },
  {
    key: "run_sync",
    needs: "keeps_contacts",
    operation: null,
    names: "connection_id",
    keyed: false,
    asks: () => [subject("stream", "stream")],
  },
];

/** What a connector with these capabilities can be tried with. */
export function actionsFor(capabilities: readonly string[]): TestAction[] {
  return ACTIONS.filter(({ needs }) => capabilities.includes(needs));
}

export type Answers = Partial<Record<AskName, string>>;
/** What is wrong with an answer. */
export type Faults = Partial<Record<AskName | "more", "required" | "json">>;

const TAKES_ORGANIZATION: ReadonlySet<ActionKey> = new Set([
  "create_payment",
  "quote_shipment",
  "create_shipment",
  "publish_post",
  "track_event",
  "upsert_lead",
]);

/**
 * The call's arguments, or what is wrong with the answers. `more` is JSON with further arguments of the RPC, which go
 * before what the form says.
 */
export function argumentsOf(
  action: TestAction,
  asks: readonly Ask[],
  answers: Answers,
  more: string,
  context: { connectionId: string; organizationId: string; idempotencyKey: string },
): { args: Record<string, unknown> } | { faults: Faults } {
  const args: Record<string, unknown> = {};
  const faults: Faults = {};
  for (const { name, kind, required, value } of asks) {
    const answer = (answers[name] ?? value).trim();
    if (answer === "") {
      if (required) faults[name] = "required";
    } else if (kind !== "json") {
      args[name] = name === "account_ids" ? [answer] : answer;
    } else {
      const read = parsed(answer);
      if (read === undefined) faults[name] = "json";
      else args[name] = read;
    }
  }
  const further = more.trim() === "" ? {} : parsed(more);
  if (typeof further !== "object" || further === null || Array.isArray(further)) faults.more = "json";
  if (Object.keys(faults).length > 0) return { faults };
  if (action.names === "connection_id") args["connection_id"] = context.connectionId;
  if (action.names === "connection_ids") args["connection_ids"] = [context.connectionId];
  if (TAKES_ORGANIZATION.has(action.key)) args["organization_id"] = context.organizationId;
  if (action.keyed) args["idempotency_key"] = context.idempotencyKey;
  return { args: { ...args, ...(further as object) } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
