/** The operations that can be tried: what each needs of a connector, what it asks, and the call that it makes. */
import type { RpcName } from "@/lib/supabase";
import type { SubjectKind } from "@/hooks/test_subjects";
import { WAREHOUSE, RECIPIENT, PARCELS, CUSTOMER, TEST_CARDS } from "./samples";

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
