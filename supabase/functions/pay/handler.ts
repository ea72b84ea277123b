// Sends whoever follows a payment link on to a gateway's page: GET .../pay/{token}. The database makes the payment, a worker
// gets it a page, and this function waits for that. `?back={payment}` is where the payer comes back to.
//
// Only plain text is answered: hosted Supabase serves no HTML from functions.
//
// Environment: what `_shared/hub.ts` needs.

import { call, publicUrl } from "../_shared/hub.ts";
import { isAhead, isPreview } from "../_shared/person.ts";
import { say } from "../_shared/say.ts";
import { RETURNED, TEXTS } from "./texts.ts";

const PATIENCE_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;
const TOKEN = /\/pay\/(pl_[A-Za-z0-9_-]{32})$/;
/** Found even where a gateway adds its own parameters with a second question mark. */
const PAYMENT = /[?&](back|payment)(?:=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?(?![\w-])/;
const AT_THE_PAYER = new Set(["created", "requires_action"]);
const ENDED_UNPAID = new Set(["failed", "cancelled", "expired"]);
const MAY_CHANGE = new Set(["pending", "created", "requires_action", "processing"]);

/** What the database shows of a payment. Without an id there is none yet. */
interface Payment {
  payment_id: string | null;
  status: string;
  checkout_url?: string | null;
  amount?: string;
  currency?: string;
}

/** The database's refusal. */
class Refused extends Error {
  constructor(readonly status: number, readonly code: string) {
    super(code);
  }
}

/** Answer one request. */
export async function handler(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const token = url.pathname.match(TOKEN)?.[1];
  const [, parameter, paymentId] = url.search.match(PAYMENT) ?? [];
  // Some gateways send the payer back with a form.
  const allowed = parameter === "back" ? ["GET", "HEAD", "POST"] : ["GET", "HEAD"];
  if (!allowed.includes(request.method)) return say(405, TEXTS.open, { allow: allowed.join(", ") });
  if (!token || (parameter && !paymentId)) return say(404, TEXTS.unknown);
  if (isAhead(request.headers)) return say(503, TEXTS.open);
  if (isPreview(request)) return say(200, TEXTS.open);
  // Not by the request's headers: whoever sends those would say where payers come back to.
  const link = new Link(token, `${publicUrl()}/functions/v1/pay/${token}`);
  try {
    return parameter === "back" ? await link.tell(paymentId) : await link.follow(paymentId ?? null);
  } catch (refusal) {
    if (!(refusal instanceof Refused)) throw refusal;
    return refuse(refusal);
  }
}

class Link {
  constructor(readonly token: string, readonly page: string) {}

  /** Send the payer to the page of a payment: of this one, or of whichever the link has for them. */
  async follow(paymentId: string | null): Promise<Response> {
    const payment = await this.#wait(paymentId, false, (payment) => {
      return payment.status === "pending" || (AT_THE_PAYER.has(payment.status) && !payment.checkout_url);
    });
    // Nothing but what a gateway gave as its page is ever redirected to.
    if (AT_THE_PAYER.has(payment.status) && payment.checkout_url) {
      return say(303, TEXTS.open, { location: payment.checkout_url });
    }
    if (payment.status === "pending" || AT_THE_PAYER.has(payment.status)) {
      // The browser asks again for the same payment; a link that many may pay would make another one.
      const again = payment.payment_id ? `${this.page}?payment=${payment.payment_id}` : this.page;
      return say(503, TEXTS.slow, { refresh: `3;url=${again}`, "retry-after": "3" });
    }
    if (ENDED_UNPAID.has(payment.status) && !payment.checkout_url) return say(502, TEXTS.noPage);
    return this.#outcome(payment);
  }

  /** Tell the payer who comes back how it went, as soon as the gateway has told. */
  async tell(paymentId: string): Promise<Response> {
    return this.#outcome(await this.#wait(paymentId, true, (payment) => MAY_CHANGE.has(payment.status)));
  }

  #outcome(payment: Payment): Response {
    return say(200, (RETURNED[payment.status] ?? TEXTS.notYet)(`${payment.amount} ${payment.currency}`, this.page));
  }

  /** The payment, once it is no longer to be waited for or it took too long. */
  async #wait(paymentId: string | null, returned: boolean, unready: (payment: Payment) => boolean): Promise<Payment> {
    const patience = Date.now() + PATIENCE_MS;
    for (let pause = FIRST_PAUSE_MS;; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
      const payment = await this.#open(paymentId, returned);
      if (!unready(payment) || Date.now() + pause > patience) return payment;
      paymentId = payment.payment_id;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async #open(paymentId: string | null, returned: boolean): Promise<Payment> {
    const input = { token: this.token, page_url: this.page, payment_id: paymentId, returned };
    const opened = await call("open_payment_link", input);
    if (!opened.ok) throw new Refused(opened.status, opened.code);
    return opened.value as Payment;
  }
}

function refuse(refusal: Refused): Response {
  switch (refusal.code) {
    case "payment_link_not_found":
      return say(404, TEXTS.unknown);
    case "payment_link_paid":
      return say(410, TEXTS.paidAlready);
    case "payment_link_disabled":
      return say(410, TEXTS.disabled);
    case "payment_link_expired":
      return say(410, TEXTS.expired);
    case "too_many_payments":
      return say(429, TEXTS.tooMany, { "retry-after": "60" });
  }
  // Of the merchant's doing, such as a gateway that was disconnected, or ours: nothing that the payer can mend.
  console.error(`open_payment_link answered ${refusal.status} ${refusal.code}`);
  return say(503, TEXTS.unavailable, { "retry-after": "60" });
}
