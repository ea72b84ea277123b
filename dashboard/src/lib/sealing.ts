/**
 * Sealing in the browser: the counterpart of the SDK's `wasl.sealing`, byte for byte the same wire form.
 *
 * HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM, on WebCrypto.
 * A secret leaves the page only as the encapsulated key followed by the ciphertext, in base64url.
 */
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";

export const ALGORITHM = "HPKE-X25519-HKDF-SHA256-AES-256-GCM";
export const MAX_SECRET_BYTES = 65_536 - 48;

/** A row of `encryption_keys`, as far as sealing needs it. */
export interface EncryptionKey {
  id: string;
  algorithm: string;
  /** X25519, 32 bytes, base64url without padding. */
  public_key: string;
}

/** One element of the `credentials` array that the RPC `set_credentials` takes. */
export interface SealedCredential {
  name: string;
  ciphertext: string;
  key_id: string;
  hint: string | null;
}

const NAME = /^[a-z][a-z0-9_]{0,60}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/** The HPKE `info` that binds a ciphertext to its one place: moved elsewhere, it does not open. */
export function bindingInfo(organizationId: string, connectionId: string, name: string): Uint8Array<ArrayBuffer> {
  if (!NAME.test(name)) throw new RangeError(`not the name of a credential: ${JSON.stringify(name)}`);
  const place = [organizationId, connectionId].map(canonicalUuid);
  return utf8(["wasl/credential/v1", ...place, name].join("\n"));
}

/** Encrypt to a raw X25519 public key. Every call gives another ciphertext. */
export async function seal(
  publicKey: Uint8Array<ArrayBuffer>,
  secret: string,
  info: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const plaintext = utf8(secret);
  if (plaintext.length > MAX_SECRET_BYTES) throw new RangeError(`a secret has at most ${MAX_SECRET_BYTES} bytes`);
  const recipientPublicKey = await suite.kem.deserializePublicKey(publicKey.buffer);
  const sender = await suite.createSenderContext({ recipientPublicKey, info: info.buffer });
  const ciphertext = await sender.seal(plaintext.buffer);
  const sealed = new Uint8Array(sender.enc.byteLength + ciphertext.byteLength);
  sealed.set(new Uint8Array(sender.enc));
  sealed.set(new Uint8Array(ciphertext), sender.enc.byteLength);
  return sealed;
}

/** Seal one credential of one connection, ready for the RPC `set_credentials`. */
export async function sealCredential(
  key: EncryptionKey,
  organizationId: string,
  connectionId: string,
  name: string,
  secret: string,
): Promise<SealedCredential> {
  if (key.algorithm !== ALGORITHM) throw new RangeError(`encryption key ${key.id}: unknown algorithm ${key.algorithm}`);
  const info = bindingInfo(organizationId, connectionId, name);
  const sealed = await seal(decodeBase64url(key.public_key), secret, info);
  return { name, ciphertext: encodeBase64url(sealed), key_id: key.id, hint: hint(secret) };
}

/** The last four characters of a secret long enough to spare them, else null. */
export function hint(secret: string): string | null {
  const characters = Array.from(secret);
  const shown = characters.slice(-4).join("");
  return characters.length >= 16 && /^[A-Za-z0-9]{4}$/.test(shown) ? shown : null;
}

/** Encode without padding. */
export function encodeBase64url(data: Uint8Array): string {
  let binary = "";
  for (const byte of data) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Decode what `encodeBase64url` made; anything else throws. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new RangeError("not base64url without padding");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function canonicalUuid(value: string): string {
  const lower = value.toLowerCase();
  if (!UUID.test(lower)) throw new RangeError(`not a UUID: ${JSON.stringify(value)}`);
  return lower;
}

/** UTF-8, refusing a lone surrogate as Python does: TextEncoder would quietly seal another secret than was given. */
function utf8(text: string): Uint8Array<ArrayBuffer> {
  if (/[\uD800-\uDFFF]/u.test(text)) throw new RangeError("the text is not Unicode: half of a surrogate pair");
  return new TextEncoder().encode(text);
}
