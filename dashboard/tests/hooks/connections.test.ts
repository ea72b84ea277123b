import { act, renderHook } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { type Connection, type NewConnection, useConnect } from "@/hooks/connections";
import { asProblem, type Problem } from "@/lib/problem";
import { answer, inOrganization, ORGANIZATION } from "../hub";

const SECRET = "sk_test_4242424242";
const CONNECTION = { id: "7d0e8a52-5f0e-4a86-9a25-1f5d3b8f6a02", organization_id: ORGANIZATION.id, name: "Stripe" };
const KEY = {
  id: "key-1",
  algorithm: "HPKE-X25519-HKDF-SHA256-AES-256-GCM",
  public_key: "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo",
};
const WANTED: NewConnection = {
  provider: "stripe",
  environment: "sandbox",
  name: "Stripe",
  settings: {},
  credentials: { secret_key: SECRET },
};

/** How it ended, and what it said it had made. */
async function connectIt(made: Connection | null = null) {
  const onMade = vi.fn();
  const { result } = renderHook(() => useConnect(), { wrapper: inOrganization() });
  let problem: Problem | null = null;
  await act(async () => {
    await result.current.mutateAsync({ wanted: WANTED, made, onMade, test: true }).catch((reason: unknown) => {
      problem = asProblem(reason);
    });
  });
  return { problem: problem as Problem | null, onMade };
}

describe("connecting", () => {
  it("makes the connection, stores what was sealed, and has it tested", async () => {
    const created = answer("rpc/create_connection", CONNECTION);
    answer("encryption_keys", [KEY]);
    const stored = answer("rpc/set_credentials", []);
    const tested = answer("rpc/test_connection", { id: "o-1", status: "succeeded" });
    expect((await connectIt()).problem).toBeNull();
    expect(created[0]?.body).toMatchObject({
      provider: "stripe",
      environment: "sandbox",
      organization_id: ORGANIZATION.id,
    });
    expect(stored[0]?.body).toMatchObject({
      connection_id: CONNECTION.id,
      credentials: [{ name: "secret_key", key_id: "key-1" }],
    });
    expect(tested[0]?.body).toEqual({ connection_id: CONNECTION.id });
    expect(JSON.stringify([created, stored, tested])).not.toContain(SECRET);
  });

  it("seals anew when the key was rotated in between", async () => {
    answer("rpc/create_connection", CONNECTION);
    const keys = answer("encryption_keys", [KEY]);
    answer("rpc/test_connection", { id: "o-1", status: "succeeded" });
    answer("rpc/set_credentials", { code: "encryption_key_not_active", message: "It is retired." }, 409);
    const { problem } = await connectIt();
    expect(problem).toMatchObject({ kind: "conflict", code: "encryption_key_not_active" });
    expect(keys).toHaveLength(2);
  });

  it("tells what the provider said, and goes on with the connection that is there", async () => {
    answer("rpc/create_connection", CONNECTION);
    answer("encryption_keys", [KEY]);
    answer("rpc/set_credentials", []);
    const error = { code: "authentication_failed", message: "The key is not accepted." };
    answer("rpc/test_connection", { id: "o-1", status: "failed", error });
    const first = await connectIt();
    expect(first.problem).toMatchObject({ code: "authentication_failed", message: error.message });
    expect(first.onMade).toHaveBeenCalledWith(CONNECTION);

    const updated = answer("rpc/update_connection", CONNECTION);
    answer("rpc/test_connection", { id: "o-2", status: "succeeded" });
    expect((await connectIt(CONNECTION as Connection)).problem).toBeNull();
    expect(updated[0]?.body).toMatchObject({ connection_id: CONNECTION.id, name: "Stripe" });
  });
});
