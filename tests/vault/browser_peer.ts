// The browser's side of the interoperability test: one JSON request a line on stdin, one JSON answer a line on stdout.
import { createInterface } from "node:readline";

import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";

import { bindingInfo, decodeBase64url, hint, sealCredential } from "../../dashboard/src/lib/sealing.ts";

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

async function open({ private_key, ciphertext, organization_id, connection_id, name }): Promise<string> {
  const recipientKey = await suite.kem.importKey("raw", decodeBase64url(private_key).buffer, false);
  const sealed = decodeBase64url(ciphertext);
  const recipient = await suite.createRecipientContext({
    recipientKey,
    enc: sealed.slice(0, 32).buffer,
    info: bindingInfo(organization_id, connection_id, name).buffer,
  });
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await recipient.open(sealed.slice(32).buffer));
}

const actions = {
  seal: ({ key, organization_id, connection_id, name, secret }) =>
    sealCredential(key, organization_id, connection_id, name, secret),
  open,
  hint: ({ secret }) => hint(secret),
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  try {
    console.log(JSON.stringify({ result: await actions[request.action](request) }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.name }));
  }
}
