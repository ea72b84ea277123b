/** Takes secrets out of an answer before it is shown, by what fields are called and by what values look like. */

export const REDACTED = "[redacted]";

const SECRET_NAME =
  /(^|_)(api_?key|secret|password|passphrase|token|ciphertext|signature|private_key|authorization|cookie)s?$/i;
/** Names that end so and hold no secret. */
const PLAIN_NAME = /^(idempotency_key|provider_key|key_id|public_key|tracking_token)$/i;
const SECRET_TEXT: readonly RegExp[] = [
  /\bwasl_[A-Za-z0-9_-]{20,}/g,
  /\bwhsec_[A-Za-z0-9+/=_-]{16,}/g,
  /\b[sr]k_(?:test|live)_[A-Za-z0-9]{8,}/g,
  /\bsb_secret_[A-Za-z0-9_-]{8,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  /\bBearer\s+[A-Za-z0-9._~+/=-]{12,}/gi,
  // What opens an address of the hub's: of a payment link, a form, a webhook.
  /(?<=\/functions\/v1\/(?:pay|forms|webhooks)\/)[A-Za-z0-9_-]{16,}/g,
];

/** The same value without secrets. */
export function redacted(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((each) => redacted(each, name));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, redacted(each, key)]));
  }
  if (typeof value !== "string" || value === "") return value;
  if (SECRET_NAME.test(name) && !PLAIN_NAME.test(name)) return REDACTED;
  return SECRET_TEXT.reduce((text, pattern) => text.replace(pattern, REDACTED), value);
}
