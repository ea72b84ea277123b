/** The keys that secrets are sealed to, and how old the secrets are. */
import { EncryptionKeys } from "./encryption_keys";
import { CredentialAges } from "./credential_ages";

export function Keys() {
  return (
    <>
      <EncryptionKeys />
      <CredentialAges />
    </>
  );
}
