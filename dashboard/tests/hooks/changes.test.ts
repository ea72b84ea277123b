// News of changed tables: what is shown of them is read again, once, and not while nobody looks.
import { renderHook, waitFor } from "@testing-library/react";
import { useQueryClient } from "@tanstack/react-query";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useChanges } from "@/hooks/changes";
import { supabase } from "@/lib/supabase";
import { inOrganization, ORGANIZATION, server } from "../hub";

type Told = (message: { payload?: { table?: string } }) => void;

function realtime(there: boolean) {
  server.use(http.get("*/config.json", () => HttpResponse.json({ publishable_key: "key", realtime: there })));
  const told: Told[] = [];
  const channel = {
    on: vi.fn((_kind: string, _filter: object, listener: Told) => {
      told.push(listener);
      return channel;
    }),
    subscribe: vi.fn(),
  };
  const opened = vi.spyOn(supabase(), "channel").mockReturnValue(channel as never);
  vi.spyOn(supabase().realtime, "setAuth").mockResolvedValue();
  const removed = vi.spyOn(supabase(), "removeChannel").mockResolvedValue("ok");
  return {
    opened,
    removed,
    channel,
    tell: (table: string) => told.forEach((listener) => listener({ payload: { table } })),
  };
}

function listening() {
  return renderHook(
    () => {
      useChanges();
      return useQueryClient();
    },
    { wrapper: inOrganization() },
  );
}

describe("changes", () => {
  beforeEach(() => {
    Object.defineProperty(document, "hidden", { value: false, configurable: true });
  });

  it("are not listened for where there is no Realtime", async () => {
    const { opened } = realtime(false);
    const { result } = listening();
    await waitFor(() => expect(result.current.getQueryData(["config"])).toMatchObject({ realtime: false }));
    expect(opened).not.toHaveBeenCalled();
  });

  it("come over the organization's private channel, which is left with it", async () => {
    const { opened, removed, channel } = realtime(true);
    const { unmount } = listening();
    await waitFor(() => expect(channel.subscribe).toHaveBeenCalledOnce());
    expect(opened).toHaveBeenCalledWith(`organization:${ORGANIZATION.id}`, { config: { private: true } });
    unmount();
    expect(removed).toHaveBeenCalledOnce();
  });

  it("have what is shown of the table read again, many of them once", async () => {
    const { channel, tell } = realtime(true);
    const { result } = listening();
    await waitFor(() => expect(channel.subscribe).toHaveBeenCalledOnce());
    const read = vi.spyOn(result.current, "invalidateQueries");
    tell("payments");
    tell("payments");
    tell("alerts");
    tell("something new");
    await waitFor(() => expect(read).toHaveBeenCalledOnce());
    const { predicate, refetchType } = read.mock.calls[0]?.[0] ?? {};
    const again = (key: string) => predicate?.({ queryKey: [key, ORGANIZATION.id] } as never);
    expect([again("payments"), again("alerts"), again("shipments")]).toEqual([true, true, false]);
    expect(refetchType).toBe("active");
  });

  it("are read later where nobody looks", async () => {
    const { channel, tell } = realtime(true);
    const { result } = listening();
    await waitFor(() => expect(channel.subscribe).toHaveBeenCalledOnce());
    const read = vi.spyOn(result.current, "invalidateQueries");
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    tell("leads");
    await waitFor(() => expect(read).toHaveBeenCalledOnce());
    expect(read.mock.calls[0]?.[0]?.refetchType).toBe("none");
  });
});
