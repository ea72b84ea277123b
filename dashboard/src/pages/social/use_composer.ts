/** What the composer holds and does; its parts are handed the whole of it. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import type { Account } from "@/hooks/accounts";
import type { Network } from "@/hooks/networks";
import { usePublish, usePublishDraft, useUpdatePost } from "@/hooks/post_changes";
import type { Post } from "@/hooks/posts";
import { asProblem, type Problem as HubProblem } from "@/lib/problem";
import { tellDone } from "@/ui/toast";
import { changesOf, contentFor, type Draft, placeOf, publishArguments } from "./draft";
import { type Problem, problemsOf } from "./limits";
import { CLOSED, useSearch } from "./search";
import { timeProblem } from "./time_field";

export interface Chosen {
  account: Account;
  network: Network;
  problems: Problem[];
}

export interface Composer {
  draft: Draft;
  change: (next: Draft) => void;
  /** The account whose variant is written; null: what all get. */
  scope: string | null;
  setScope: (scope: string | null) => void;
  /** The accounts it goes to, each with what its network would refuse. */
  chosen: Chosen[];
  timeProblem: "no_time" | "time_passed" | "time_far" | null;
  /** What the hub refused, and where. */
  refused: { problem: HubProblem; place: ReturnType<typeof placeOf> } | null;
  /** Somebody has tried to send it: what is missing is told from now on. */
  tried: boolean;
  busy: "keeping" | "sending" | null;
  /** The post that is changed; null: a new one. */
  post: Post | null;
  /** Send it, or keep it as it is: a draft stays one, what is scheduled stays scheduled. */
  send: (kept: boolean) => Promise<void>;
}

interface Given {
  post: Post | null;
  accounts: readonly Account[];
  networks: ReadonlyMap<string, Network>;
  begin: () => Draft;
}

export function useComposer({ post, accounts, networks, begin }: Given): Composer {
  const { t } = useTranslation("social");
  const [, set] = useSearch();
  const { time_zone } = useOrganization();
  const [draft, setDraft] = useState(begin);
  const [scope, setScope] = useState<string | null>(null);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState<Composer["busy"]>(null);
  const [refused, setRefused] = useState<Composer["refused"]>(null);
  const publish = usePublish();
  const update = useUpdatePost();
  const publishDraft = usePublishDraft();

  const chosen = accounts
    .filter(({ id }) => draft.accounts.includes(id))
    .flatMap((account): Chosen[] => {
      const network = networks.get(account.connection.provider_key);
      if (!network) return [];
      const sandbox = account.connection.environment === "sandbox";
      return [{ account, network, problems: problemsOf(contentFor(draft, account.id), network, sandbox) }];
    });
  const late = draft.when === "later" ? timeProblem(draft.at, time_zone) : null;

  const change = (next: Draft) => {
    setDraft(next);
    setKey(crypto.randomUUID()); // It is another call now.
    setRefused(null);
    if (scope !== null && !next.accounts.includes(scope)) setScope(null);
  };

  const carryOut = async (kept: boolean): Promise<string[]> => {
    if (post === null) {
      const made = await publish.mutateAsync(publishArguments(draft, { timeZone: time_zone, kept, key }));
      return made.map(({ id }) => id);
    }
    const changes = changesOf(draft, post);
    // "Now" stands above a time that the post already has.
    const when =
      draft.when === "later" ? { scheduled_at: draft.at, time_zone } : { scheduled_at: new Date().toISOString() };
    if (post.status === "draft" && !kept) await publishDraft.mutateAsync({ post_id: post.id, ...when, changes });
    else if (post.status === "draft" && draft.when === "now")
      await update.mutateAsync({ post_id: post.id, ...changes });
    else await update.mutateAsync({ post_id: post.id, ...changes, ...when });
    return [post.id];
  };

  const send = async (kept: boolean) => {
    setTried(true);
    if (chosen.length === 0 || chosen.some(({ problems }) => problems.length > 0) || late !== null) return;
    setBusy(kept ? "keeping" : "sending");
    setRefused(null);
    try {
      const ids = await carryOut(kept);
      tellDone(
        t(kept ? "compose.kept" : draft.when === "later" ? "compose.scheduled" : "compose.sent", { count: ids.length }),
      );
      const planned = draft.when === "later" && !kept;
      set({
        ...CLOSED,
        tab: planned ? "calendar" : "posts",
        ...(planned && { day: draft.at.slice(0, 10) }),
        post: ids.length === 1 ? ids[0] : undefined,
      });
    } catch (reason) {
      const problem = asProblem(reason);
      const place = placeOf(problem.field, draft.accounts);
      setRefused({ problem, place });
      if (place) setScope(place.account);
      setBusy(null);
    }
  };

  return { draft, change, scope, setScope, chosen, timeProblem: late, refused, tried, busy, post, send };
}

/** What the hub said of a field of the present scope. */
export function refusalOf({ refused, scope }: Composer, field: string): string | undefined {
  return refused?.place?.field === field && (refused.place.account === null || refused.place.account === scope)
    ? refused.problem.message
    : undefined;
}
