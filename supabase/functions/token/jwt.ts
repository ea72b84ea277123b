const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A JSON Web Token with these claims, signed with a private P-256 key (ES256). */
export async function sign(privateKey: JsonWebKey & { kid?: string }, claims: Record<string, unknown>): Promise<string> {
  const { kty, crv, x, y, d, kid } = privateKey;
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y, d }, ALGORITHM, false, ["sign"]);
  const header = { alg: "ES256", typ: "JWT", kid };
  const signed = [header, claims].map((part) => base64url(new TextEncoder().encode(JSON.stringify(part)))).join(".");
  const signature = await crypto.subtle.sign(ALGORITHM, key, new TextEncoder().encode(signed));
  return `${signed}.${base64url(new Uint8Array(signature))}`;
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
