import { renderHook } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, it } from "vitest";
import { useCreateChannel } from "@/hooks/alert_channels";
import { answer, HUB, inOrganization, ORGANIZATION, server } from "../hub";

const FIELDS = {
  name: "Ops",
  language: null,
  minimum_severity: "warning",
  kinds: ["*"],
  connection_id: null,
  only_escalations: false,
  repeat_minutes: null,
  enabled: true,
} as const;
const CHANNEL = { id: "6b6c3a52-5f0e-4a86-9a25-1f5d3b8f6a02", organization_id: ORGANIZATION.id };
const URL_TEXT = "https://hooks.example/T0/secret-part";

async function withKey() {
  const { publicKey } = await crypto.subtle.generateKey("X25519", true, ["deriveBits"]);
  const { x } = await crypto.subtle.exportKey("jwk", publicKey);
  const algorithm = "HPKE-X25519-HKDF-SHA256-AES-256-GCM";
  answer("encryption_keys", [{ id: "key-1", algorithm, public_key: x }]);
}

const create = (kind: "email" | "webhook") =>
  renderHook(() => useCreateChannel(), { wrapper: inOrganization() }).result.current.mutateAsync({
    ...FIELDS,
    kinds: [...FIELDS.kinds],
    kind,
    addresses: " ops@x.ae ",
    url: URL_TEXT,
  });

it("writes the addresses of a channel by mail, and no URL", async () => {
  const made = answer("alert_channels", CHANNEL);
  expect(await create("email")).toEqual({ channel: CHANNEL, signingSecret: null });
  expect(made[0]?.body).toMatchObject({ kind: "email", target: "ops@x.ae", organization_id: ORGANIZATION.id });
});

it("seals the URL and a new signing secret of a webhook; only the host may be seen", async () => {
  await withKey();
  const made = answer("alert_channels", CHANNEL);
  const sealed = answer("rpc/set_alert_channel_secrets", { ...CHANNEL, ready: true });
  const { signingSecret } = await create("webhook");
  expect(signingSecret).toMatch(/^whsec_/);
  expect(made[0]?.body).toMatchObject({ target: null });
  const body = sealed[0]?.body as { credentials: { name: string; hint: string | null; key_id: string }[] };
  expect(body.credentials.map(({ name, hint, key_id }) => [name, hint, key_id])).toEqual([
    ["url", "hooks.example", "key-1"],
    ["signing_secret", null, "key-1"],
  ]);
  const sent = JSON.stringify([...made, ...sealed].map((asked) => asked.body));
  expect(sent).not.toContain("secret-part");
  expect(sent).not.toContain(signingSecret);
});

it("removes a channel whose URL is refused", async () => {
  await withKey();
  const methods: string[] = [];
  server.use(
    http.all(`${HUB}/rest/v1/alert_channels`, ({ request }) => {
      methods.push(request.method);
      return HttpResponse.json(request.method === "POST" ? CHANNEL : [CHANNEL]);
    }),
  );
  answer("rpc/set_alert_channel_secrets", { code: "invalid_credentials", message: "No." }, 400);
  await expect(create("webhook")).rejects.toMatchObject({ code: "invalid_credentials" });
  expect(methods).toEqual(["POST", "DELETE"]);
});
